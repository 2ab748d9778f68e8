import assert from "node:assert/strict";
import { once } from "node:events";
import { closeSync, constants, existsSync, openSync, readSync, writeSync } from "node:fs";
import { setTimeout as rest } from "node:timers/promises";
import type { Command } from "@kassahub/contracts/command.ts";
import { usb } from "usb";
import { uuidv7 } from "uuidv7";
import { type Connected, connect } from "../../firmware-bridge/drivers/connected.testing.ts";
import type { Outcome } from "../../firmware-bridge/drivers/driver.ts";
import { escpos } from "../../firmware-bridge/drivers/printers/escpos.ts";
import { receipt } from "../../firmware-bridge/drivers/printers/receipt.testing.ts";
import { jobOnPaper } from "../../firmware-bridge/drivers/witness.ts";
import { paperText } from "../../firmware-bridge/emulators/paper.ts";
import { PrinterBody } from "../../firmware-bridge/emulators/printer-body.ts";
import type { Link } from "../../firmware-bridge/links/link.ts";
import { openUsb } from "../../firmware-bridge/links/usb.ts";
import { openUsbPipe } from "../../firmware-bridge/links/usb-device.ts";
import { check, until } from "./checks.ts";
import { Gadget } from "./gadget.ts";

const ids = { vendorId: 0x04b8, productId: 0x0202 };
const words = { manufacturer: "EPSON", product: "TM-T20III", serialNumber: "X6MB012345" };
const settings = { columns: 48, codePage: 858, drawerPin: 2, answerMs: 2000, confirmMs: 15_000 };
const quietly = () => undefined;

/** The kernel's end of the printer gadget: what is read from it is on the paper's way, what is written is an answer. */
class PrinterInKernel extends PrinterBody {
	/** While this is so nothing is read: the buffer fills. */
	isFull = false;
	readonly #gadget = new Gadget("printer", [ids.vendorId, ids.productId], words, {
		pnp_string: "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;CLS:PRINTER;",
		q_len: "2",
	});
	#file: number | undefined;

	async plugIn(): Promise<void> {
		this.#gadget.plugIn();
		// It can be opened when the host has chosen the configuration.
		const file = await until(() => {
			try {
				return openSync("/dev/g_printer0", constants.O_RDWR | constants.O_NONBLOCK);
			} catch {
				return undefined;
			}
		});
		this.#file = file;
		this.plugInto({ send: (bytes) => writeSync(file, bytes), breakOff: quietly });
		void this.#read(file);
	}

	unplug(): void {
		if (this.#file !== undefined) closeSync(this.#file);
		this.#file = undefined;
		this.#gadget.unplug();
		this.isFull = false;
		this.loseHost();
	}

	async #read(file: number): Promise<void> {
		const buffer = Buffer.alloc(8192);
		while (this.#file === file) {
			try {
				const count = this.isFull ? 0 : readSync(file, buffer);
				if (count > 0) this.receive(Uint8Array.from(buffer.subarray(0, count)));
				else await rest(2);
			} catch (error) {
				// Nothing there yet, or no host.
				if (!["EAGAIN", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
				await rest(2);
			}
		}
	}
}

export async function checkPrinter(): Promise<void> {
	const plugs: string[] = [];
	usb.addEventListener("connect", (event) => plugs.push(`connect ${event.device.productName}`));
	usb.addEventListener("disconnect", (event) => plugs.push(`disconnect ${event.device.productName}`));
	const printer = new PrinterInKernel({ msPerLine: 10 });
	const open = (): Promise<Connected<"bytes">> => connect(escpos, "usb://04b8:0202", settings);
	const perform = ({ session }: Connected, action: object): Promise<Outcome> =>
		session.perform({ id: uuidv7(), at: new Date().toISOString(), ...action } as Command, jobOnPaper());

	await check("a printer that is not there is unreachable, with its number in the reason", () =>
		assert.rejects(openUsb(ids, quietly), { code: "DEVICE_UNREACHABLE", detail: "no USB device 04b8:0202" }),
	);

	await check("a printer that is plugged in is found, and the kernel's own driver has it", async () => {
		await printer.plugIn();
		await until(() => existsSync("/dev/usb/lp0"));
	});
	await check("its hot-plug event comes, with a running udev", () => until(() => plugs.includes("connect TM-T20III")));
	await check(
		"it is taken from the kernel, answers its class requests (id, status, reset), and is given back",
		async () => {
			const pipe = await openUsbPipe(ids);
			assert.match(Buffer.from(await pipe.control("GET_DEVICE_ID")).toString(), /MFG:EPSON;CMD:ESC\/POS/);
			const [status] = await pipe.control("GET_PORT_STATUS");
			await pipe.control("SOFT_RESET");
			assert.equal(existsSync("/dev/usb/lp0"), false);
			await pipe.close();
			await until(() => existsSync("/dev/usb/lp0"));
			assert.equal((status ?? 0) & 0x08, 0x08);
			return `port status ${status?.toString(16)}`;
		},
	);

	let connected!: Connected<"bytes">;
	await check("the driver takes it from the kernel, learns who it is and that it is well", async () => {
		connected = await open();
		assert.equal(existsSync("/dev/usb/lp0"), false);
		assert.deepEqual(connected.link.identity, { model: "EPSON TM-T20III", serialNumber: "X6MB012345" });
		const condition = await connected.witness.untilCondition(({ state, firmware }) => state === "online" && !!firmware);
		assert.equal(condition.paper, "ok");
		return `${condition.model}, ${condition.firmware}`;
	});
	await check("nobody else can have it meanwhile", () =>
		assert.rejects(openUsb(ids, quietly), { code: "DEVICE_UNREACHABLE", detail: /another program/ }),
	);
	await check("a receipt is printed, the drawer opened, and the printer says that it is on paper", async () => {
		assert.deepEqual(await perform(connected, { action: "print", receipt, openDrawer: true }), { status: "done" });
		assert.match(paperText(printer.lastPaper), /TOTAAL +€ 3,74/);
		assert.equal(printer.drawerPulses, 1);
	});
	await check(
		"paper near its end, paper out in the middle of a receipt, and the rest of it on a new roll",
		async () => {
			printer.set({ paper: "near-end" });
			await connected.witness.untilCondition(({ paper }) => paper === "near-end");
			printer.set({ paper: "ok", paperOutAfterLines: 8 });
			const printing = perform(connected, { action: "print", receipt });
			await connected.witness.untilCondition(({ fault }) => fault?.code === "PRINTER_PAPER_OUT");
			printer.set({ paper: "ok" });
			assert.deepEqual(await printing, { status: "done" });
			assert.equal(printer.papers.length, 2);
		},
	);
	await check("a hundred kilobytes of picture arrive whole", async () => {
		const header = Buffer.from("1d7630004800ff00", "hex");
		const rows = Buffer.from(Array.from({ length: 72 * 255 }, (_, index) => (index * 31) & 0x0f));
		const pictures = Array.from({ length: 6 }, () => Buffer.concat([header, rows]));
		const cut = once(printer, "cut");
		const startedAt = performance.now();
		await connected.link.write(Buffer.concat([...pictures, Buffer.from("1d564200", "hex")]));
		const ms = performance.now() - startedAt;
		await cut;
		const drawn = printer.lastPaper.marks.map((mark) => (mark.kind === "raster" ? Buffer.from(mark.rows) : undefined));
		assert.deepEqual(
			drawn,
			pictures.map(() => rows),
		);
		return `${Math.round((pictures.length * rows.length) / ms)} kB/s`;
	});

	await check("the plug pulled in mid-job: the result is unknown and the link is gone", async () => {
		const printing = perform(connected, { action: "print", receipt });
		await once(printer, "printed");
		printer.unplug();
		const outcome = await printing;
		assert.equal(outcome.status, "unknown");
		assert.equal(outcome.fault?.code, "PRINT_UNCONFIRMED");
		const reason = await connected.link.gone;
		assert.equal(reason.code, "DEVICE_UNREACHABLE");
		await connected.link.close();
		return reason.detail;
	});
	await check("its hot-plug event comes too", () => until(() => plugs.includes("disconnect TM-T20III")));
	await check("plugged in again it prints, and what was in doubt is not printed by itself", async () => {
		const papers = printer.papers.length;
		await printer.plugIn();
		connected = await until(() => open().catch(() => undefined));
		assert.deepEqual(await perform(connected, { action: "print-text", lines: ["weer terug"] }), { status: "done" });
		assert.equal(printer.papers.length, papers + 1);
		assert.match(paperText(printer.lastPaper), /weer terug\n\[partial cut\]\n$/);
	});

	const flood = Buffer.alloc(100_000, "0123456789abcde\n");
	await check("a printer that is full and is unplugged ends the write at once", async () => {
		printer.isFull = true;
		const { link } = connected as { link: Link };
		const writing = link.write(flood);
		await rest(1000);
		printer.unplug();
		await assert.rejects(writing, { code: "DEVICE_UNREACHABLE" });
		await link.close();
	});
	await check("a link given up while its printer is full can be opened again soon", async () => {
		await printer.plugIn();
		const { link } = await until(() => open().catch(() => undefined));
		printer.isFull = true;
		const writing = (link as Link).write(flood);
		writing.catch(quietly);
		await rest(1000);
		const startedAt = performance.now();
		await link.close();
		printer.isFull = false;
		printer.loseData();
		connected = await until(() => open().catch(() => undefined));
		await assert.rejects(writing, { code: "DEVICE_UNREACHABLE" });
		const ms = Math.round(performance.now() - startedAt);
		assert.deepEqual(await perform(connected, { action: "print-text", lines: ["klaar"] }), { status: "done" });
		return `after ${ms} ms`;
	});
	await connected.link.close();
	printer.unplug();
}
