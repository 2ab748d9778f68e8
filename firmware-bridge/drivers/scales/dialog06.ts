import { type Static, Type } from "typebox";
import { DeviceError, fault } from "../../fault.ts";
import type { Link } from "../../links/link.ts";
import { pause } from "../../pause.ts";
import type { Driver, Report, Session } from "../driver.ts";
import { exchangeOver } from "../exchange.ts";
import { decodeAnswer, EOT, REQUEST_STATUS, splitRecords } from "./dialog06-codec.ts";
import { readGenerator } from "./dialog06-secret.ts";
import { type Readable, type Scale, weigh } from "./dialog06-weighing.ts";
import { dialog06Wire } from "./dialog06-wire.ts";
import { keepAsking } from "./polling.ts";

const Settings = Type.Object(
	{
		answerMs: Type.Integer({ default: 700, minimum: 50, maximum: 5000, description: "Time an answer may take" }),
		restMs: Type.Integer({
			default: 50,
			minimum: 0,
			maximum: 1000,
			description: "Rest between an answer and the next message; 200 where a scale loses messages",
		}),
		stillMs: Type.Integer({
			default: 5000,
			minimum: 0,
			maximum: 30_000,
			description: "Time that goods may take to come to rest",
		}),
		checkMs: Type.Integer({
			default: 5000,
			minimum: 0,
			maximum: 60_000,
			description: "Time between two looks whether the scale is there; 0: never, for a copy that does not bear it",
		}),
		priceDigits: Type.Enum([6, 5], { default: 6, description: "Digits of a price per kilogram, as the scale is set" }),
		checksums: Type.Array(Type.String({ pattern: "^[0-9A-Fa-f]{4}$" }), {
			default: [],
			maxItems: 5,
			description:
				"Check sums of the program, 1 to 5 of four hexadecimal digits, as the scale was set up by its supplier",
		}),
		secretFile: Type.Optional(
			Type.String({
				pattern: "^/",
				description: "File with the supplier's secret generator, five hexadecimal digits; readable for the hub only",
			}),
		),
	},
	{ additionalProperties: false },
);
type Settings = Static<typeof Settings>;

/**
 * A scale that computes prices. It weighs only when it is asked with a price, so it publishes no weights: its watch looks
 * now and then whether it is there, by asking for its status (record 08), which changes nothing, and never during a
 * weighing.
 */
export const dialog06: Driver<typeof Settings, "bytes"> = {
	name: "dialog06",
	class: "scale",
	title: "Price-computing checkout scales with Dialog 06 (Mettler, Dibal, Cely, Ohaus Aviator and others)",
	provenOn: "emulator only",
	speaks: "bytes",
	schemes: ["serial", "tcp"],
	serial: { baudRate: 9600, dataBits: 7, parity: "odd", stopBits: 1 },
	tcpPort: 4001,
	settings: Settings,
	actions: ["weigh"],
	actionsWhileDegraded: [],
	actionsBeside: [],
	actionsToRecover: [],
	wire: dialog06Wire,
	open,
};

async function open(link: Link, settings: Settings, report: Report): Promise<Session> {
	const { checkMs, checksums, secretFile, priceDigits, stillMs } = settings;
	const generator = secretFile === undefined ? undefined : await readGenerator(secretFile);
	const isReleased = generator !== undefined && checksums.length > 0;
	const scale: Scale = {
		ask: conversationOver(link, settings),
		gone: link.gone,
		priceDigits,
		stillMs,
		released: isReleased ? { generator, checksums: checksums.map((text) => Number.parseInt(text, 16)) } : undefined,
	};
	let turn: Promise<unknown> = Promise.resolve();
	/** One dialogue at a time: a scale in the middle of one would take a stray question for part of it. */
	const inTurn = <T>(dialogue: () => Promise<T>): Promise<T> => {
		const done = turn.then(dialogue);
		turn = done.catch(() => undefined);
		return done;
	};

	async function look(): Promise<void> {
		const { kind } = await scale.ask(REQUEST_STATUS);
		if (kind !== "status" && kind !== "nak") {
			throw new DeviceError("DEVICE_GARBLED", `the scale answered another question (${kind})`);
		}
	}

	return {
		async watch() {
			if (checkMs > 0) {
				const doubt = (): void => undefined;
				await keepAsking({ ask: () => inTurn(look), doubt, gone: link.gone, pollMs: checkMs, report });
			} else {
				report.condition({ state: "online" });
				await link.gone;
			}
		},
		async perform(command) {
			if (command.action !== "weigh") return { status: "failed", fault: fault("COMMAND_UNKNOWN") };
			return inTurn(() => weigh(scale, command));
		},
	};
}

/**
 * A question, its answer, and the EOT that answers it. The EOT is sent after silence too, for that may hide an answer that
 * was lost, and many a scale that gets none stays mute until it is switched off and on.
 */
function conversationOver(link: Link, { answerMs, restMs }: Settings): Scale["ask"] {
	const line = exchangeOver(link, splitRecords());
	let mayGoOnAt = 0;
	return async (message): Promise<Readable> => {
		await pause(Math.max(0, mayGoOnAt - performance.now()), link.gone);
		let frame: Uint8Array;
		try {
			frame = await line.ask(message, answerMs);
		} finally {
			await line.say(EOT);
			mayGoOnAt = performance.now() + restMs;
		}
		const answer = decodeAnswer(frame);
		if (answer.kind === "garbled") throw new DeviceError("DEVICE_GARBLED", answer.detail);
		if (answer.kind === "unsuitable") throw new DeviceError("SCALE_UNIT", answer.detail);
		return answer;
	};
}
