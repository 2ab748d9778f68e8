import type { Command } from "@kassahub/contracts/command.ts";
import { type Static, Type } from "typebox";
import { DeviceError, fault } from "../../fault.ts";
import type { Identity } from "../../links/link.ts";
import { defineScale } from "../define.ts";
import type { Outcome, Weight } from "../driver.ts";
import type { Exchange } from "../exchange.ts";
import {
	type Answer,
	CLEAR_TARE,
	decodeAnswer,
	encodeTare,
	MODEL,
	SERIAL_NUMBER,
	SOFTWARE,
	splitLines,
	TARE,
	TARE_VALUE,
	WEIGH_NOW,
	ZERO,
} from "./mt-sics-codec.ts";
import { mtSicsWire } from "./mt-sics-wire.ts";

const Settings = Type.Object(
	{
		pollMs: Type.Integer({ default: 200, minimum: 50, maximum: 5000, description: "Time between two questions" }),
		answerMs: Type.Integer({ default: 1000, minimum: 50, maximum: 5000, description: "Time an answer may take" }),
		stillMs: Type.Integer({
			default: 10_000,
			minimum: 500,
			maximum: 60_000,
			description: "Time that zero and tare may take: the scale waits until the goods are still",
		}),
	},
	{ additionalProperties: false },
);
type Settings = Static<typeof Settings>;
type Scale = Exchange<Uint8Array>;

/** The scale is never reset (`@`): that could take a tare off while goods lie on the plate. */
export const mtSics = defineScale({
	name: "mt-sics",
	title: "Scales with the MT-SICS commands (Mettler-Toledo counter, bench and platform scales, Kern FTC and others)",
	provenOn: "emulator only",
	serial: { baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1 },
	settings: Settings,
	actions: ["zero", "tare", "clear-tare"],
	splitter: splitLines,
	wire: mtSicsWire,
	weigh,
	identify,
	perform,
});

/** The tare is asked before and after the weight: a weight between two tares is neither gross nor net. */
async function weigh(scale: Scale, settings: Settings): Promise<Weight> {
	const before = await askTare(scale, settings);
	const answer = await ask(scale, settings, WEIGH_NOW);
	if (answer.kind === "word" && answer.id === "S") {
		if (answer.word === "+") return { state: "over-capacity" };
		return { state: answer.word === "-" ? "under-zero" : "unknown" };
	}
	if (answer.kind !== "value" || answer.id !== "S") throw wrongAnswer(answer);
	if (answer.status === "D") return { state: "moving" };
	if (answer.isNegative) return { state: "under-zero" };
	if ((await askTare(scale, settings)) !== before) return { state: "moving" };
	return before === undefined ? { state: "unknown" } : { state: "stable", grams: answer.grams, net: before > 0 };
}

/** Grams that are taken off; 0 too where the scale has no such command, undefined where it cannot say now. */
async function askTare(scale: Scale, settings: Settings): Promise<number | undefined> {
	const answer = await ask(scale, settings, TARE_VALUE);
	if (answer.kind === "error") return 0;
	if (answer.kind === "word" && answer.id === "TA") return undefined;
	if (answer.kind !== "value" || answer.id !== "TA") throw wrongAnswer(answer);
	return answer.grams;
}

async function identify(scale: Scale, settings: Settings): Promise<Identity> {
	const identity: Identity = {};
	const text = async (question: Uint8Array, id: string): Promise<string | undefined> => {
		const answer = await ask(scale, settings, question);
		return answer.kind === "text" && answer.id === id && answer.text !== "" ? answer.text : undefined;
	};
	const [serialNumber, model, firmware] = [
		await text(SERIAL_NUMBER, "I4"),
		await text(MODEL, "I2"),
		await text(SOFTWARE, "I3"),
	];
	if (serialNumber !== undefined) identity.serialNumber = serialNumber;
	if (model !== undefined) identity.model = model;
	if (firmware !== undefined) identity.firmware = firmware;
	return identity;
}

async function perform(scale: Scale, settings: Settings, command: Command): Promise<Outcome> {
	if (command.action === "zero") return outcomeOf(await askOnceStill(scale, settings, ZERO), "Z");
	if (command.action === "clear-tare") return outcomeOf(await ask(scale, settings, CLEAR_TARE), "TAC");
	if (command.action !== "tare") return { status: "failed", fault: fault("COMMAND_UNKNOWN") };
	if (command.grams === undefined) return outcomeOf(await askOnceStill(scale, settings, TARE), "T");
	return presetTare(scale, settings, command.grams);
}

/** A scale rounds a tare to its own steps. One that comes out different is taken off again, and not claimed. */
async function presetTare(scale: Scale, settings: Settings, grams: number): Promise<Outcome> {
	const weight = await ask(scale, settings, WEIGH_NOW);
	if (weight.kind !== "value") return outcomeOf(weight, "S");
	const tare = await ask(scale, settings, encodeTare(grams, weight.unit));
	if (tare.kind !== "value" || tare.grams === grams) return outcomeOf(tare, "TA");
	await ask(scale, settings, CLEAR_TARE);
	return { status: "failed", fault: fault("SCALE_NOT_READY", `the scale made a tare of ${tare.grams} g of it`) };
}

function outcomeOf(answer: Readable, id: string): Outcome {
	if (answer.kind === "error") {
		return {
			status: "failed",
			fault: fault("SCALE_NOT_READY", `the scale does not take this command (${answer.code})`),
		};
	}
	if ((answer.kind !== "value" && answer.kind !== "word") || answer.id !== id) throw wrongAnswer(answer);
	if (answer.kind === "value" || answer.word === "A") return { status: "done" };
	const reason = {
		I: "not still in time, or busy",
		L: "out of the scale's range",
		"+": "above the scale's range",
		"-": "below the scale's range",
	}[answer.word];
	return { status: "failed", fault: fault("SCALE_NOT_READY", reason) };
}

type Readable = Exclude<Answer, { kind: "garbled" | "unsuitable" }>;

const askOnceStill = (scale: Scale, settings: Settings, question: Uint8Array): Promise<Readable> =>
	ask(scale, { ...settings, answerMs: settings.stillMs }, question);

async function ask(scale: Scale, settings: Settings, question: Uint8Array): Promise<Readable> {
	const answer = decodeAnswer(await scale.ask(question, settings.answerMs));
	if (answer.kind === "garbled") throw new DeviceError("DEVICE_GARBLED", answer.detail);
	if (answer.kind === "unsuitable") throw new DeviceError("SCALE_UNIT", answer.detail);
	return answer;
}

const wrongAnswer = (answer: Readable): DeviceError =>
	new DeviceError("DEVICE_GARBLED", `the scale answered another question (${answer.kind})`);
