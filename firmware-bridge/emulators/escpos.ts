import { createServer, type Server, type Socket } from "node:net";
import { PrinterBody, type PrinterOptions } from "./printer-body.ts";

/** `port` 0: any free one, which the printer then names. */
type TcpPrinterOptions = PrinterOptions & { port: number; host?: string };

/** An ESC/POS printer on a TCP port. One connection at a time, as most models have it. */
export class EmulatedPrinter extends PrinterBody {
	readonly #options: TcpPrinterOptions;
	readonly #server: Server;
	#socket: Socket | undefined;

	constructor(options: TcpPrinterOptions) {
		super(options);
		this.#options = options;
		this.#server = createServer((socket) => this.#welcome(socket));
	}

	get port(): number {
		const address = this.#server.address();
		return address && typeof address === "object" ? address.port : 0;
	}

	listen(): Promise<this> {
		return new Promise((resolve, reject) => {
			this.#server.once("error", reject);
			this.#server.listen(this.#options.port, this.#options.host ?? "127.0.0.1", () => resolve(this));
		});
	}

	/** Pulls the network cable: the connection is gone and what was not printed is lost. */
	unplug(): void {
		this.loseHost();
		this.#socket?.destroy();
	}

	async close(): Promise<void> {
		this.#socket?.destroy();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#welcome(socket: Socket): void {
		if (this.#socket && !this.#socket.destroyed) {
			socket.destroy();
			return;
		}
		this.#socket = socket;
		socket.setNoDelay(true);
		socket.on("error", () => undefined);
		this.plugInto({
			send: (bytes) => {
				if (!socket.destroyed) socket.write(bytes);
			},
			breakOff: () => socket.destroy(),
		});
		socket.on("data", (bytes) => this.receive(bytes));
	}
}

export const startPrinter = (options: TcpPrinterOptions): Promise<EmulatedPrinter> =>
	new EmulatedPrinter(options).listen();
