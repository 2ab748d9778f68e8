import { EventEmitter, once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Value } from "typebox/value";
import { describe, expect, test } from "vitest";
import { movedCents } from "../../emulators/terminal-on-bench.ts";
import { startZvtOnCable } from "../../emulators/zvt-on-bench.ts";
import { DeviceError } from "../../fault.ts";
import type { Link } from "../../links/link.ts";
import { HubOnBench } from "./hub.testing.ts";
import { zvt } from "./zvt.ts";
import { encodeBlock } from "./zvt-block.ts";
import { ZvtSettings } from "./zvt-settings.ts";
import { SerialTransport } from "./zvt-transport.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const ENQUIRY = bytes("05 01 05 00 00 00 03 02");
const POSITIVE = bytes("80 00 00");
const [ACK, NAK] = [Uint8Array.of(0x06), Uint8Array.of(0x15)];

/** The hub's end of a cable, and the other end in the test's hands. */
class Cable implements Link {
	readonly written: string[] = [];
	readonly #written = new EventEmitter();
	#receive: (chunk: Uint8Array) => void = () => undefined;
	readonly gone: Promise<DeviceError>;
	#leave: (error: DeviceError) => void = () => undefined;

	constructor() {
		this.gone = new Promise((resolve) => {
			this.#leave = resolve;
		});
	}

	async write(chunk: Uint8Array): Promise<void> {
		this.written.push(Buffer.from(chunk).toString("hex"));
		this.#written.emit("written");
	}

	async untilWritten(count: number): Promise<void> {
		while (this.written.length < count) await once(this.#written, "written");
	}

	listen(receive: (chunk: Uint8Array) => void): void {
		this.#receive = receive;
	}

	arrive(...chunks: Uint8Array[]): void {
		for (const chunk of chunks) this.#receive(chunk);
	}

	async close(): Promise<void> {
		this.#leave(new DeviceError("DEVICE_UNREACHABLE", "closed"));
	}
}

function bench(times: { characterMs: number; blockMs: number } = { characterMs: 2000, blockMs: 5000 }) {
	const cable = new Cable();
	const transport = new SerialTransport(cable, times);
	const heard: string[] = [];
	transport.listen((message) => heard.push(Buffer.from(message).toString("hex")));
	return { cable, transport, heard };
}

const block = Buffer.from(encodeBlock(ENQUIRY)).toString("hex");

describe("a block that is sent", () => {
	test("is done with its ACK", async () => {
		const { cable, transport } = bench();
		const sent = transport.send(ENQUIRY);
		await cable.untilWritten(1);
		cable.arrive(ACK);
		await sent;
		expect(cable.written).toEqual([block]);
	});

	test("is repeated on NAK, at most twice, and then it is garbled", async () => {
		const { cable, transport } = bench();
		const sent = transport.send(ENQUIRY);
		for (const attempt of [1, 2, 3]) {
			await cable.untilWritten(attempt);
			cable.arrive(NAK);
		}
		await expect(sent).rejects.toMatchObject({ code: "DEVICE_GARBLED" });
		expect(cable.written).toEqual([block, block, block]);
	});

	test("is repeated where no ACK comes (T2), at most twice, and then nobody is there", async () => {
		const { cable, transport } = bench({ characterMs: 20, blockMs: 30 });
		await expect(transport.send(ENQUIRY)).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
		expect(cable.written).toEqual([block, block, block]);
	});

	test("is not repeated where its answer comes and its ACK was lost", async () => {
		const { cable, transport, heard } = bench();
		const sent = transport.send(ENQUIRY);
		await cable.untilWritten(1);
		cable.arrive(encodeBlock(POSITIVE));
		await sent;
		expect(heard).toEqual(["800000"]);
		expect(cable.written).toEqual([block, "06"]);
	});

	test("waits for the one before it", async () => {
		const { cable, transport } = bench();
		const both = Promise.all([transport.send(ENQUIRY), transport.send(POSITIVE)]);
		await cable.untilWritten(1);
		expect(cable.written).toHaveLength(1);
		cable.arrive(ACK);
		await cable.untilWritten(2);
		cable.arrive(ACK);
		await both;
	});
});

describe("a block that comes", () => {
	test("is acknowledged before its message is looked at", () => {
		const { cable, heard } = bench();
		cable.arrive(encodeBlock(POSITIVE));
		expect(cable.written).toEqual(["06"]);
		expect(heard).toEqual(["800000"]);
	});

	test("with a wrong check sum is refused, and its repetition taken", () => {
		const { cable, heard } = bench();
		const spoiled = encodeBlock(POSITIVE);
		spoiled[3] = 0x01;
		cable.arrive(spoiled, encodeBlock(POSITIVE));
		expect(cable.written).toEqual(["15", "06"]);
		expect(heard).toEqual(["800000"]);
	});

	test("and stops half-way is refused (T1), and its repetition taken", async () => {
		const { cable, heard } = bench({ characterMs: 20, blockMs: 5000 });
		cable.arrive(encodeBlock(POSITIVE).subarray(0, 5));
		await cable.untilWritten(1);
		cable.arrive(encodeBlock(POSITIVE));
		expect(cable.written).toEqual(["15", "06"]);
		expect(heard).toEqual(["800000"]);
	});

	test("byte by byte is one message", () => {
		const { cable, heard } = bench();
		cable.arrive(...[...encodeBlock(bytes("04 FF 01 10"))].map((byte) => Uint8Array.of(byte)));
		expect(heard).toEqual(["04ff0110"]);
	});

	test("to whoever had the port before is not taken for an answer", async () => {
		const { cable, transport, heard } = bench({ characterMs: 30, blockMs: 5000 });
		const settled = transport.settle();
		cable.arrive(encodeBlock(POSITIVE), encodeBlock(bytes("06 0F 00")).subarray(0, 5));
		await settled;
		cable.arrive(encodeBlock(bytes("04 FF 01 0A")));
		expect(heard).toEqual(["04ff010a"]);
		expect(cable.written).toEqual(["06"]);
	});

	test("after noise is taken, and the noise is nobody's", () => {
		const { cable, heard } = bench();
		cable.arrive(bytes("00 FF 41"), encodeBlock(POSITIVE));
		expect(cable.written).toEqual(["06"]);
		expect(heard).toEqual(["800000"]);
	});
});

describe("over a serial port", () => {
	const settings = { ...Value.Create(ZvtSettings), answerMs: 2000, blockMs: 500, waitMs: 20 };

	test.each([
		["two blocks with a wrong check sum", { wrongCrcs: 2 }],
		["two blocks refused without reason", { naks: 2 }],
	])("%s do no harm to a payment", async (_, faults) => {
		const path = join(mkdtempSync(join(tmpdir(), "zvt-")), "port");
		const terminal = await startZvtOnCable({ path });
		const hub = new HubOnBench(zvt, settings, terminal);
		await hub.connect();
		terminal.sufferOnCable(faults);
		expect((await hub.ask({ action: "pay", amount: 1995 })).payment?.status).toBe("approved");
		expect(movedCents(terminal.charges)).toBe(1995);
		await hub.disconnect();
		await terminal.close();
	});

	test("a terminal that hears nothing is unreachable", async () => {
		const path = join(mkdtempSync(join(tmpdir(), "zvt-")), "port");
		const terminal = await startZvtOnCable({ path });
		terminal.sufferOnCable({ isDeaf: true });
		const hub = new HubOnBench(zvt, { ...settings, blockMs: 20 }, terminal);
		await expect(hub.connect()).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE", detail: /ACK/ });
		await terminal.close();
	});
});
