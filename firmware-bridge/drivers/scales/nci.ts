import type { Command } from "@kassahub/contracts/command.ts";
import { type Static, Type } from "typebox";
import { DeviceError, fault } from "../../fault.ts";
import { defineScale } from "../define.ts";
import type { Outcome, Weight } from "../driver.ts";
import type { Exchange } from "../exchange.ts";
import { type Answer, decodeAnswer, type Status, splitAnswers, WEIGH, ZERO } from "./nci-codec.ts";
import { facts, nciWire } from "./nci-wire.ts";

const Settings = Type.Object(
	{
		pollMs: Type.Integer({ default: 200, minimum: 50, maximum: 5000, description: "Time between two questions" }),
		answerMs: Type.Integer({ default: 1000, minimum: 50, maximum: 5000, description: "Time an answer may take" }),
	},
	{ additionalProperties: false },
);
type Settings = Static<typeof Settings>;
type Scale = Exchange<Uint8Array>;

export const nci = defineScale({
	name: "nci",
	title: "Scales with the NCI or ECR protocol (Weigh-Tronix SCP-01, Avery, Salter and others that speak it)",
	provenOn: "emulator only",
	serial: { baudRate: 9600, dataBits: 7, parity: "even", stopBits: 1 },
	settings: Settings,
	actions: ["zero"],
	splitter: splitAnswers,
	wire: nciWire,
	weigh,
	perform,
});

async function weigh(scale: Scale, settings: Settings): Promise<Weight> {
	const answer = await ask(scale, settings, WEIGH);
	if (answer.kind === "not-understood") throw wrongAnswer(answer);
	const { status } = answer;
	if (status.defects.length > 0) throw new DeviceError("SCALE_DEFECT", status.defects.join(", "));
	if (status.hasNoZero) throw new DeviceError("SCALE_NOT_READY", "it did not find its zero when it was switched on");
	if (status.isOverCapacity) return { state: "over-capacity" };
	if (status.isUnderZero) return { state: "under-zero" };
	if (status.isMoving) return { state: "moving" };
	if (answer.kind === "status") return { state: "unknown" };
	return { state: "stable", grams: answer.grams, net: status.isNet };
}

async function perform(scale: Scale, settings: Settings, command: Command): Promise<Outcome> {
	if (command.action !== "zero") return { status: "failed", fault: fault("COMMAND_UNKNOWN") };
	const answer = await ask(scale, settings, ZERO);
	if (answer.kind === "weight") throw wrongAnswer(answer);
	if (answer.kind === "not-understood") return notReady("the scale does not take this command");
	const { status } = answer;
	return isZeroed(status) ? { status: "done" } : notReady(facts(status).join(", ") || "refused by the scale");
}

/** At zero, and nothing else. With a tare taken off it may be the net weight that is zero. */
const isZeroed = (status: Status): boolean =>
	status.isAtZero &&
	!(status.isMoving || status.isUnderZero || status.isOverCapacity || status.hasNoZero || status.isNet) &&
	status.defects.length === 0;

const notReady = (reason: string): Outcome => ({ status: "failed", fault: fault("SCALE_NOT_READY", reason) });

type Readable = Exclude<Answer, { kind: "garbled" | "unsuitable" }>;

async function ask(scale: Scale, settings: Settings, question: Uint8Array): Promise<Readable> {
	const answer = decodeAnswer(await scale.ask(question, settings.answerMs));
	if (answer.kind === "garbled") throw new DeviceError("DEVICE_GARBLED", answer.detail);
	if (answer.kind === "unsuitable") throw new DeviceError("SCALE_UNIT", answer.detail);
	return answer;
}

const wrongAnswer = (answer: Readable): DeviceError =>
	new DeviceError("DEVICE_GARBLED", `the scale answered another question (${answer.kind})`);
