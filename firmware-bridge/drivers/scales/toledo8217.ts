import type { Command } from "@kassahub/contracts/command.ts";
import { type Static, Type } from "typebox";
import { DeviceError, fault } from "../../fault.ts";
import { defineScale } from "../define.ts";
import type { Outcome, Weight } from "../driver.ts";
import type { Exchange } from "../exchange.ts";
import { WireError } from "../wire.ts";
import {
	CLEAR_TARE,
	decodeAnswer,
	decodeStatus,
	decodeTestResult,
	encodeTare,
	START_TEST,
	type Status,
	splitAnswers,
	splitQuestions,
	TARE,
	TEST_RESULT,
	WEIGH,
	ZERO,
} from "./toledo8217-codec.ts";

const Settings = Type.Object(
	{
		pollMs: Type.Integer({ default: 200, minimum: 50, maximum: 5000, description: "Time between two questions" }),
		answerMs: Type.Integer({ default: 1000, minimum: 50, maximum: 5000, description: "Time an answer may take" }),
	},
	{ additionalProperties: false },
);
type Settings = Static<typeof Settings>;
type Scale = Exchange<Uint8Array>;

const TEST_READS_MAX = 10;

export const toledo8217 = defineScale({
	name: "toledo8217",
	title: "Toledo 8217 and 8213 checkout scales (Mettler, Rice Lake BenchPro, Ohaus Courier and others that speak it)",
	provenOn: "emulator, and a USB serial port that a Linux kernel plays",
	serial: { baudRate: 9600, dataBits: 7, parity: "even", stopBits: 1 },
	settings: Settings,
	actions: ["zero", "tare", "clear-tare", "self-test"],
	splitter: splitAnswers,
	wire: {
		frames: (direction) => (direction === "in" ? splitAnswers() : splitQuestions()),
		explain: (frame, direction) => (direction === "in" ? explainAnswer(frame) : explainQuestion(frame)),
	},
	weigh,
	perform,
});

async function weigh(scale: Scale, settings: Settings): Promise<Weight> {
	const answer = await ask(scale, settings, WEIGH);
	if (answer.kind === "weight") return { state: "stable", grams: answer.grams, net: answer.net };
	const status = statusOf(answer);
	if (status.isOverCapacity) return { state: "over-capacity" };
	if (status.isUnderZero) return { state: "under-zero" };
	if (status.isMoving) return { state: "moving" };
	return { state: "unknown" };
}

async function perform(scale: Scale, settings: Settings, command: Command): Promise<Outcome> {
	if (command.action === "zero") {
		const status = statusOf(await ask(scale, settings, ZERO));
		return isStill(status) && status.isAtZero ? { status: "done" } : notReady(status);
	}
	if (command.action === "tare") {
		const question = command.grams === undefined ? TARE : encodeTare(command.grams);
		let status: Status;
		try {
			status = statusOf(await ask(scale, settings, question));
		} catch (error) {
			if (!(error instanceof DeviceError) || error.code !== "DEVICE_UNREACHABLE") throw error;
			// 8217: no answer at all where tare is switched off in calibration.
			return {
				status: "unknown",
				fault: fault(error.code, "no answer: tare may be switched off in the scale's calibration"),
			};
		}
		return isStill(status) && status.mayBeNet ? { status: "done" } : notReady(status);
	}
	if (command.action === "clear-tare") {
		const status = statusOf(await ask(scale, settings, CLEAR_TARE));
		return status.isMoving ? notReady(status) : { status: "done" };
	}
	return runConfidenceTest(scale, settings);
}

async function runConfidenceTest(scale: Scale, settings: Settings): Promise<Outcome> {
	const started = await ask(scale, settings, START_TEST);
	if (started.kind !== "test-started") throw wrongAnswer(started);
	for (let read = 0; read < TEST_READS_MAX; read++) {
		const answer = await ask(scale, settings, TEST_RESULT);
		if (answer.kind !== "byte") throw wrongAnswer(answer);
		const result = decodeTestResult(answer.byte);
		if (!result) continue;
		if (result.failures.length === 0) return { status: "done", detail: "the scale's own test passed" };
		return { status: "failed", fault: fault("SCALE_DEFECT", `failed: ${result.failures.join(", ")}`) };
	}
	throw new DeviceError("DEVICE_GARBLED", "the scale gives no result of its test");
}

type Readable = Exclude<ReturnType<typeof decodeAnswer>, { kind: "garbled" }>;

async function ask(scale: Scale, settings: Settings, question: Uint8Array): Promise<Readable> {
	const answer = decodeAnswer(await scale.ask(question, settings.answerMs));
	if (answer.kind === "garbled") throw new DeviceError("DEVICE_GARBLED", answer.detail);
	return answer;
}

function statusOf(answer: Readable): Status {
	const status = answer.kind === "byte" ? decodeStatus(answer.byte) : undefined;
	if (!status) throw wrongAnswer(answer);
	return status;
}

const wrongAnswer = (answer: Readable): DeviceError =>
	new DeviceError("DEVICE_GARBLED", `the scale answered another question (${answer.kind})`);

const isStill = (status: Status): boolean => !status.isMoving && !status.isUnderZero && !status.isOverCapacity;

function notReady(status: Status): Outcome {
	const facts = [
		status.isMoving && "in motion",
		status.isUnderZero && "under zero",
		status.isOverCapacity && "over capacity",
		status.isOutsideZeroRange && "outside the zero range",
	].filter(Boolean);
	return { status: "failed", fault: fault("SCALE_NOT_READY", facts.join(", ") || "refused by the scale") };
}

const questions = new Map([
	["W", "weigh"],
	["Z", "zero"],
	["T\r", "tare"],
	["C", "clear tare"],
	["A", "start the confidence test"],
	["B", "result of the confidence test"],
]);

function explainQuestion(frame: Uint8Array): Record<string, unknown> {
	const text = Buffer.from(frame).toString("latin1");
	const digits = /^T(\d{5})\r$/.exec(text)?.[1];
	if (digits !== undefined) return { question: "tare", grams: Number(digits) };
	const question = questions.get(text);
	if (question === undefined) throw new WireError("no question of this protocol: W, Z, T, C, A or B");
	return { question };
}

function explainAnswer(frame: Uint8Array): Record<string, unknown> {
	const answer = decodeAnswer(frame);
	if (answer.kind === "garbled") throw new WireError(answer.detail);
	if (answer.kind === "weight") return { weight: answer.text.trim(), grams: answer.grams, net: answer.net };
	if (answer.kind === "test-started") return { answer: "the confidence test has started" };
	// Which of the two a byte is, only the question tells: after B it is a test's result.
	return { status: decodeStatus(answer.byte) ?? null, test: decodeTestResult(answer.byte) ?? null };
}
