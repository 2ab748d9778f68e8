import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

/**
 * A serial cable made of a pseudo-terminal: the device's end on stdio, the other behind a symbolic link at `path`.
 * Python is on every machine we support, and Node cannot open a pty by itself.
 */
const CABLE = `
import os, select, sys, tty
device, port = os.openpty()
tty.setraw(port)
path = sys.argv[1]
if os.path.islink(path): os.unlink(path)
os.symlink(os.ttyname(port), path)
os.write(2, b"ready")
while True:
    readable, _, _ = select.select([0, device], [], [])
    if 0 in readable:
        data = os.read(0, 4096)
        if not data: break
        os.write(device, data)
    if device in readable:
        os.write(1, os.read(device, 4096))
os.unlink(path)
`;

export class SerialCable {
	readonly path: string;
	readonly #receive: (bytes: Uint8Array) => void;
	#python: ChildProcessWithoutNullStreams | undefined;

	/** `receive` gets what the hub sends to the device. */
	constructor(path: string, receive: (bytes: Uint8Array) => void) {
		this.path = path;
		this.#receive = receive;
	}

	/** Resolves when the port is there. */
	plugIn(): Promise<void> {
		return new Promise((resolve, reject) => {
			const python = spawn("python3", ["-c", CABLE, this.path]);
			this.#python = python;
			let complaint = "";
			python.stderr.on("data", (bytes: Buffer) => {
				complaint += bytes;
				if (complaint === "ready") resolve();
			});
			python.stdout.on("data", (bytes: Buffer) => this.#receive(bytes));
			python.stdin.on("error", () => undefined);
			python.once("error", reject);
			python.once("close", () => reject(new Error(`the serial cable broke: ${complaint}`)));
		});
	}

	/** Pulls the plug: the port and its name are gone, for whoever has it open too. */
	async unplug(): Promise<void> {
		const python = this.#python;
		this.#python = undefined;
		if (!python || python.exitCode !== null) return;
		const closed = new Promise((resolve) => python.once("close", resolve));
		python.stdin.end();
		await closed;
	}

	send(bytes: Uint8Array): void {
		this.#python?.stdin.write(bytes);
	}
}
