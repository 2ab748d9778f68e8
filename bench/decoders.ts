import { decode } from "../firmware-bridge/decode.ts";
import { drivers } from "../firmware-bridge/drivers/index.ts";
import { EVENT_BYTES } from "../firmware-bridge/drivers/scanners/evdev-codec.ts";
import { frameOf } from "../firmware-bridge/drivers/terminals/opi-frames.ts";
import type { Direction } from "../firmware-bridge/links/link.ts";
import { encodePublish } from "../firmware-bridge/links/publish-frame.ts";

type Frame = { direction: Direction; bytes: Uint8Array };

const hex = (text: string): Frame => ({ direction: "in", bytes: Buffer.from(text.replaceAll(" ", ""), "hex") });
const words = (text: string): Frame => ({ direction: "in", bytes: Buffer.from(text, "latin1") });
const told = (topic: string, payload: string | Buffer): Frame => ({
	direction: "in",
	bytes: encodePublish({ topic, payload: Buffer.from(payload), isRetained: false }),
});

const opiAnswer = `<?xml version="1.0" encoding="utf-8"?><CardServiceResponse xmlns="http://www.nrf-arts.org/IXRetail/namespace" RequestType="CardPayment" WorkstationID="1" RequestID="42" OverallResult="Success"><Terminal TerminalID="12345678" STAN="001234"/><Tender><TotalAmount Currency="EUR">12.34</TotalAmount><Authorisation AcquirerID="1" TimeStamp="2026-11-24T12:00:00" ApprovalCode="123456"/></Tender></CardServiceResponse>`;
const nexoAnswer = {
	SaleToPOIResponse: {
		MessageHeader: {
			MessageClass: "Service",
			MessageCategory: "Payment",
			MessageType: "Response",
			ProtocolVersion: "3.0",
			ServiceID: "0A1B2C3D4E",
			SaleID: "kassa-1",
			POIID: "V400m-324688179",
		},
		NexoBlob: "c2l4IGh1bmRyZWQgYnl0ZXMgb3Igc28".repeat(20),
		SecurityTrailer: {
			KeyVersion: 1,
			KeyIdentifier: "shop",
			Hmac: "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
			Nonce: "q83vEjRWeJCrze8SNFZ4kA==",
			AdyenCryptoVersion: 1,
		},
	},
};

/** What each device says most, in the bytes of its own description; what is only spoken to: what it is told. */
const frames: Record<string, Frame> = {
	escpos: hex("1000000f"),
	toledo8217: hex("0230302e3435360d"),
	dialog06: hex("0230321b331b30303435361b3030303339391b30303031383203"),
	"mt-sics": words("S S       0.456 kg\r\n"),
	cas: hex("0102532030302e3435366b67660304"),
	nci: words("\n00.456KG\r\nS00\r\x03"),
	opi: { direction: "in", bytes: frameOf(opiAnswer) },
	nexo: words(JSON.stringify(nexoAnswer)),
	zvt: hex(
		"040f8827000400000000199549097809143207 0d11240e28091700011970 22f0f8eeeeeeeeeeee1234 2931000042 870017 0b000042 8a2e 8bf0f84d61657374726f00 3b4131423243330000 2a313233343536373839302020202020 3cf0f0f7416b6b6f6f7264 06232f081f1001021f12010260124307a000000004306044074d41455354524f1f1f020017",
	),
	scanner: words("]E08712345000011\r"),
	"scanner-hid": {
		direction: "in",
		bytes: Buffer.concat([Buffer.alloc(EVENT_BYTES - 8), Buffer.from([1, 0, 2, 0, 1, 0, 0, 0])]),
	},
	cd5220: { direction: "out", bytes: Buffer.from("\x0cAppels            0,99\x1b\x51\x42Totaal 0,99\x0d", "latin1") },
	"escpos-display": { direction: "out", bytes: Buffer.from("\x0cAppels 0,99\x1f\x24\x01\x02Totaal 0,99", "latin1") },
	pcsc: hex("04a1b2c3d4e5f6 9000"),
	"home-assistant": told("schap1/sensor/gewicht/state", "1050"),
	sparkplug: told(
		"spBv1.0/winkel/DDATA/rij1/schap1",
		Buffer.from("08e8958885ab33121010 0118e8958885ab33200965d578e93e1802".replaceAll(" ", ""), "hex"),
	),
	shelly: told(
		"shellyplusht-1/events/rpc",
		JSON.stringify({ src: "shellyplusht-1", method: "NotifyStatus", params: { "temperature:0": { id: 0, tC: 4.5 } } }),
	),
	"shelf-node": hex("07011207 01c8010101010504 57cee700"),
};

export type DecoderFigures = { driver: string; framesPerSecond: number; ofJson: number };

/** Times `work` for about `measureMs`; how often a second it was done. */
function rate(work: () => void, measureMs: number): number {
	for (let warmUp = 0; warmUp < 2000; warmUp++) work();
	const startedAt = performance.now();
	let done = 0;
	let elapsedMs = 0;
	do {
		for (let turn = 0; turn < 500; turn++) work();
		done += 500;
		elapsedMs = performance.now() - startedAt;
	} while (elapsedMs < measureMs);
	return (done / elapsedMs) * 1000;
}

/** Frames a second that each decoder cuts and explains, and that as a share of JSON.parse of the same facts. */
export function compareDecoders(measureMs: number): DecoderFigures[] {
	return drivers.map((driver) => {
		const frame = frames[driver.name];
		if (!frame) throw new Error(`bench/decoders.ts has no frame of ${driver.name}`);
		const { direction, bytes } = frame;
		const { frames: explained, reason } = decode(driver, Buffer.from(bytes).toString("hex"), direction);
		if (reason !== undefined) throw new Error(`the frame of ${driver.name}: ${reason}`);
		const json = JSON.stringify(explained);
		const splitter = driver.wire.frames(direction);
		const framesPerSecond = rate(() => {
			for (const whole of splitter.push(bytes)) driver.wire.explain(whole, direction);
		}, measureMs);
		return { driver: driver.name, framesPerSecond, ofJson: framesPerSecond / rate(() => JSON.parse(json), measureMs) };
	});
}
