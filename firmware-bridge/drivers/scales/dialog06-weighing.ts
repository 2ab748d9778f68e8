import type { ErrorCode } from "@kassahub/contracts/errors.ts";
import { DeviceError, fault } from "../../fault.ts";
import { pause } from "../../pause.ts";
import type { Outcome } from "../driver.ts";
import { turnedCheckSums } from "./dialog06-checksums.ts";
import {
	type Answer,
	encodeCheckSums,
	encodeOrder,
	type Order,
	REQUEST_RESULT,
	REQUEST_STATUS,
} from "./dialog06-codec.ts";
import { statusWords } from "./dialog06-wire.ts";

export type Readable = Exclude<Answer, { kind: "garbled" | "unsuitable" }>;

/** A scale that is spoken to by nobody else meanwhile. */
export type Scale = {
	/** Sends a message, and ends its answer by EOT. Throws a DeviceError where there is none that can be read. */
	ask(message: Uint8Array): Promise<Readable>;
	gone: Promise<unknown>;
	priceDigits: 5 | 6;
	/** Time that the goods may take to come to rest. */
	stillMs: number;
	/** Check sums of this program, and the generator that binds them; undefined where none were set. */
	released: { checksums: readonly number[]; generator: number } | undefined;
};

/** The whole operation is begun anew so often where an answer was lost, or the scale met a general error. */
const RETRIES_MAX = 3;
const CHALLENGES_MAX = 2;
const ASK_AGAIN_MS = 200;

/** In motion, or not finished: the one result is asked for again. Everything else ends the operation. */
const unfinished: readonly string[] = ["20", "22"];

const refusals: Readonly<Record<string, ErrorCode>> = {
	"10": "SCALE_ORDER_REFUSED",
	"11": "SCALE_ORDER_REFUSED",
	"12": "SCALE_ORDER_REFUSED",
	"13": "SCALE_ORDER_REFUSED",
	"20": "SCALE_NOT_READY",
	"21": "SCALE_SAME_GOODS",
	"22": "SCALE_NOT_READY",
	"30": "SCALE_BELOW_MINIMUM",
	"31": "SCALE_NOT_READY",
	"32": "SCALE_NOT_READY",
};

/**
 * One weighing at a price. What comes out is the scale's own weight, price and total, or the reason why there is none;
 * weighing moves nothing, so nothing is ever in doubt.
 */
export async function weigh(scale: Scale, order: Order): Promise<Outcome> {
	let record: Uint8Array;
	try {
		record = encodeOrder(order, scale.priceDigits);
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		return failed("SCALE_ORDER_REFUSED", error.message);
	}
	const restBy = performance.now() + scale.stillMs;
	let challenges = 0;
	let retries = 0;
	for (;;) {
		let trouble: Outcome;
		try {
			const end = await converse(scale, record, restBy);
			if (end.kind === "challenge") {
				if (!scale.released) return failed("SCALE_NOT_RELEASED", "it asks for check sums, and none were set");
				if (challenges === CHALLENGES_MAX) return failed("SCALE_NOT_RELEASED", "it does not accept the check sums");
				challenges++;
				await answerChallenge(scale, scale.released, end.random);
				continue;
			}
			if (end.kind === "result") return outcomeOf(end, order);
			const refusal = refusals[end.code];
			if (refusal) return failed(refusal, statusWords(end.code));
			trouble = failed(end.code === "02" ? "DEVICE_GARBLED" : "SCALE_NOT_READY", statusWords(end.code));
		} catch (error) {
			if (!(error instanceof DeviceError)) throw error;
			trouble = failed(error.code, error.detail);
			if (error.code === "SCALE_UNIT") return trouble;
		}
		if (retries === RETRIES_MAX) return trouble;
		retries++;
	}
}

type End = Extract<Readable, { kind: "result" | "status" | "challenge" }>;

/** From the record to what ends the operation, or to the scale's wish to see check sums first. */
async function converse(scale: Scale, record: Uint8Array, restBy: number): Promise<End> {
	let question = record;
	for (;;) {
		const answer = await scale.ask(question);
		if (answer.kind === "challenge") return answer;
		if (answer.kind === "result" && question === REQUEST_RESULT) return answer;
		if (answer.kind === "nak") {
			const status = await scale.ask(REQUEST_STATUS);
			if (status.kind !== "status") throw wrongAnswer(status);
			if (!unfinished.includes(status.code) || performance.now() >= restBy) return status;
			await pause(ASK_AGAIN_MS, scale.gone);
		} else if (answer.kind !== "ack" || question !== record) throw wrongAnswer(answer);
		question = REQUEST_RESULT;
	}
}

/** The scale judges the check sums when its verdict is asked for. Whatever it says, the weighing is then asked anew. */
async function answerChallenge(
	scale: Scale,
	{ checksums, generator }: NonNullable<Scale["released"]>,
	random: number,
): Promise<void> {
	const accepted = await scale.ask(encodeCheckSums(turnedCheckSums(checksums, generator, random)));
	if (accepted.kind !== "ack") throw wrongAnswer(accepted);
	const verdict = await scale.ask(REQUEST_RESULT);
	if (verdict.kind !== "verdict") throw wrongAnswer(verdict);
}

function outcomeOf(result: Extract<Readable, { kind: "result" }>, order: Order): Outcome {
	const { grams, unitPrice, total } = result;
	if (unitPrice !== order.unitPrice) {
		throw new DeviceError("DEVICE_GARBLED", `the scale weighed at ${unitPrice} cents, not at ${order.unitPrice}`);
	}
	const { tareGrams } = order;
	const tare = tareGrams === undefined ? {} : { tareGrams };
	return { status: "done", weight: { grams, net: (tareGrams ?? 0) > 0, unitPrice, total, ...tare } };
}

const failed = (code: ErrorCode, detail?: string): Outcome => ({ status: "failed", fault: fault(code, detail) });

const wrongAnswer = (answer: Readable): DeviceError =>
	new DeviceError("DEVICE_GARBLED", `the scale answered another question (${answer.kind})`);
