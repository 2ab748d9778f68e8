import { once } from "node:events";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PrinterOnUsb } from "../emulators/printer-on-usb.ts";
import { DeviceError } from "../fault.ts";
import { linkOver, openUsb, readDeviceId } from "./usb.ts";
import type { UsbPipe } from "./usb-pipe.ts";

const quietly = () => undefined;

/** A text of more than a hundred packets, and its cut. */
const long = Buffer.concat([
	Buffer.from("0123456789abcdef0123456789abcde\n".repeat(200)),
	Buffer.from("1d564200", "hex"),
]);

test("what is written arrives whole, a packet at a time, and what the printer says is heard", async () => {
	const printer = new PrinterOnUsb({});
	const passed: string[] = [];
	const link = await linkOver(printer.plug(), (direction, bytes) => passed.push(`${direction} ${bytes.length}`));
	const heard = new Promise<string>((resolve) => link.listen((bytes) => resolve(Buffer.from(bytes).toString("hex"))));
	const cut = once(printer, "cut");
	await Promise.all([link.write(long), link.write(Buffer.from("100401", "hex"))]);
	await cut;
	expect(printer.lastPaper.marks).toHaveLength(200);
	expect(await heard).toBe("12");
	expect(passed).toEqual([`out ${long.length}`, "out 3", "in 1"]);
	await link.close();
	expect(await link.gone).toMatchObject({ code: "DEVICE_UNREACHABLE", detail: "closed" });
});

test("the plug pulled in the middle: the write fails, the link is gone, and nothing more is sent", async () => {
	const printer = new PrinterOnUsb({});
	const link = await linkOver(printer.plug(), quietly);
	printer.isFull = true;
	const writing = link.write(long);
	const after = link.write(Buffer.from("klaar\n"));
	printer.unplug();
	await expect(writing).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE", detail: "Disconnected" });
	await expect(after).rejects.toBeInstanceOf(DeviceError);
	expect((await link.gone).detail).toBe("Disconnected");
	expect(printer.unfinished.marks).toEqual([]);
	await link.close();
});

test("a pulled plug is noticed while nothing is written", async () => {
	const printer = new PrinterOnUsb({});
	const link = await linkOver(printer.plug(), quietly);
	printer.unplug();
	expect((await link.gone).code).toBe("DEVICE_UNREACHABLE");
});

test("a printer that is full is waited for, and goes on where it was", async () => {
	const printer = new PrinterOnUsb({});
	const link = await linkOver(printer.plug(), quietly);
	printer.isFull = true;
	const cut = once(printer, "cut");
	const writing = link.write(long);
	printer.drain();
	await writing;
	await cut;
	expect(printer.lastPaper.marks).toHaveLength(200);
	await link.close();
	expect(printer.resets).toBe(0);
});

test("closing a link whose printer takes nothing tells it to drop what it has", async () => {
	const printer = new PrinterOnUsb({});
	const link = await linkOver(printer.plug(), quietly);
	printer.isFull = true;
	const writing = link.write(long);
	writing.catch(quietly);
	await Promise.resolve();
	await link.close();
	await expect(writing).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
	expect(printer.resets).toBe(1);
});

test("a packet that may have arrived is not sent again, and the reason names what the printer says", async () => {
	const packets: number[] = [];
	const pipe: UsbPipe = {
		words: {},
		packetBytes: 64,
		control: async (request) => (request === "GET_PORT_STATUS" ? Uint8Array.of(0x30) : new Uint8Array()),
		bulkOut: async (bytes) => {
			packets.push(bytes.length);
			throw new Error("the printer took no data for 60 s");
		},
		bulkIn: async () => new Uint8Array(),
		close: async () => undefined,
	};
	const link = await linkOver(pipe, quietly);
	await expect(link.write(long)).rejects.toMatchObject({
		detail: "the printer took no data for 60 s; the printer says: no paper, an error",
	});
	expect((await link.gone).detail).toContain("no paper");
	expect(packets).toEqual([64]);
	await link.close();
});

test("a printer that floods is read no faster than a device speaks", async () => {
	let isClosed = false;
	const pipe: UsbPipe = {
		words: {},
		packetBytes: 64,
		control: async () => new Uint8Array(),
		bulkOut: async () => undefined,
		bulkIn: async () => {
			await new Promise((resolve) => setImmediate(resolve));
			if (isClosed) throw new Error("closed");
			return new Uint8Array(512);
		},
		close: async () => {
			isClosed = true;
		},
	};
	const startedAt = performance.now();
	let count = 0;
	let tooMuch = 0;
	await new Promise<void>((resolve) => {
		void linkOver(pipe, (_, bytes) => {
			count += bytes.length;
			const allowed = 1024 + (17 * 1024 * (performance.now() - startedAt)) / 1000;
			if (count > allowed) tooMuch = count;
			if (count >= 8192) resolve();
		});
	});
	expect(tooMuch).toBe(0);
	await pipe.close();
});

test("a printer says who it is by its descriptors, or by its IEEE 1284 id", async () => {
	const printer = new PrinterOnUsb({});
	const identity = { model: "EPSON TM-T20III", serialNumber: "X6MB012345" };
	expect((await linkOver(printer.plug(), quietly)).identity).toEqual(identity);
	printer.hasWords = false;
	expect((await linkOver(printer.plug(), quietly)).identity).toEqual(identity);
});

test("any bytes at all for an id give fields of printable words, or none", () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
			for (const [key, value] of readDeviceId(bytes)) expect(key + value).toMatch(/^[\x20-\x7e]+$/);
		}),
	);
	// Example of the protocol sheet, section 1, in a frame of its own length.
	const text = "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20;CLS:PRINTER;";
	const id = readDeviceId(Uint8Array.of(0, text.length + 2, ...Buffer.from(`${text}SN:rubbish behind the end`)));
	expect(Object.fromEntries(id)).toEqual({ MFG: "EPSON", CMD: "ESC/POS", MDL: "TM-T20", CLS: "PRINTER" });
});

test("a machine without USB, or without that device, says so and goes on", async () => {
	await expect(openUsb({ vendorId: 0xffff, productId: 0xffff }, quietly)).rejects.toMatchObject({
		code: "DEVICE_UNREACHABLE",
		detail: expect.stringMatching(/no USB/),
	});
});
