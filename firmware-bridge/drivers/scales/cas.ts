import { setTimeout as rest } from "node:timers/promises";
import { type Static, Type } from "typebox";
import { DeviceError, fault } from "../../fault.ts";
import { defineScale } from "../define.ts";
import type { Weight } from "../driver.ts";
import type { Exchange } from "../exchange.ts";
import { type Answer, decodeAnswer, ENQUIRE, splitAnswers, WEIGH } from "./cas-codec.ts";
import { casWire } from "./cas-wire.ts";

const Settings = Type.Object(
	{
		pollMs: Type.Integer({ default: 200, minimum: 50, maximum: 5000, description: "Time between two questions" }),
		answerMs: Type.Integer({ default: 1000, minimum: 50, maximum: 5000, description: "Time an answer may take" }),
	},
	{ additionalProperties: false },
);
type Settings = Static<typeof Settings>;
type Scale = Exchange<Uint8Array>;

const ENQUIRIES_MAX = 5;
const ENQUIRE_AGAIN_MS = 100;

export const cas = defineScale({
	name: "cas",
	title: "CAS PD-II and scales that speak its interface type 6 (Samsung ER-670)",
	provenOn: "emulator only",
	serial: { baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1 },
	settings: Settings,
	actions: [],
	splitter: splitAnswers,
	wire: casWire,
	weigh,
	perform: async () => ({ status: "failed", fault: fault("COMMAND_UNKNOWN", "zero and tare are keys of the scale") }),
});

async function weigh(scale: Scale, settings: Settings): Promise<Weight> {
	if (!(await isWilling(scale, settings))) return { state: "unknown" };
	const answer = await ask(scale, settings, WEIGH);
	switch (answer.kind) {
		case "stable":
			// Nothing in the frame says whether tare was taken off.
			return { state: "stable", grams: answer.grams, net: false };
		case "unsuitable":
			throw new DeviceError("SCALE_UNIT", answer.detail);
		case "ack":
		case "nak":
			throw wrongAnswer(answer);
		default:
			return { state: answer.kind };
	}
}

/** ACK: a weight may be asked for. NAK: not now; the enquiry is repeated a few times. */
async function isWilling(scale: Scale, settings: Settings): Promise<boolean> {
	for (let enquiry = 0; enquiry < ENQUIRIES_MAX; enquiry++) {
		if (enquiry > 0) await rest(ENQUIRE_AGAIN_MS);
		const answer = await ask(scale, settings, ENQUIRE);
		if (answer.kind === "ack") return true;
		if (answer.kind !== "nak") throw wrongAnswer(answer);
	}
	return false;
}

type Readable = Exclude<Answer, { kind: "garbled" }>;

async function ask(scale: Scale, settings: Settings, question: Uint8Array): Promise<Readable> {
	const answer = decodeAnswer(await scale.ask(question, settings.answerMs));
	if (answer.kind === "garbled") throw new DeviceError("DEVICE_GARBLED", answer.detail);
	return answer;
}

const wrongAnswer = (answer: Readable): DeviceError =>
	new DeviceError("DEVICE_GARBLED", `the scale answered another question (${answer.kind})`);
