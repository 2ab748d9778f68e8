import { DeviceError } from "../fault.ts";
import type { Link } from "../links/link.ts";

/** Cuts a stream of bytes into frames; what is not a frame comes out as one that its decoder refuses. */
export type Splitter<Frame> = {
	push(bytes: Uint8Array): Frame[];
	/** Forgets a frame that has only begun; true where there was one. */
	discard(): boolean;
};

/** For what comes whole: a question of one character, a body, an APDU. */
export const asItComes = (): Splitter<Uint8Array> => ({ push: (bytes) => [bytes], discard: () => false });

/** A half-duplex dialogue: one question, one answer, never two at a time. */
export type Exchange<Frame> = {
	/** Throws DEVICE_UNREACHABLE where no answer comes within `withinMs`, DEVICE_GARBLED where it is cut off or doubled. */
	ask(question: Uint8Array, withinMs: number): Promise<Frame>;
	/** Says what has no answer. */
	say(words: Uint8Array): Promise<void>;
};

/** Silence is waited for no longer than so many answers may take: a device may be of the kind that never stops. */
const SETTLE_ANSWERS_MAX = 5;

/**
 * These protocols number nothing, so a late answer looks like the answer to the next question. After a missed answer
 * nothing is asked until the line was silent for as long as an answer may take: a weight is never one question old.
 */
export function exchangeOver<Frame>(link: Link, splitter: Splitter<Frame>): Exchange<Frame> {
	let frames: Frame[] = [];
	let heardAt = 0;
	let wake: () => void = () => undefined;
	let mustSettle = false;
	let turn: Promise<unknown> = Promise.resolve();
	let lost: DeviceError | undefined;
	void link.gone.then((error) => {
		lost = error;
		wake();
	});
	link.listen((bytes) => {
		heardAt = performance.now();
		frames.push(...splitter.push(bytes));
		if (frames.length > 0) wake();
	});

	/** Waits until something arrives, the link is lost, or the time is over. */
	const wait = (ms: number): Promise<void> =>
		new Promise((resolve) => {
			const timer = setTimeout(resolve, ms);
			wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});

	async function settle(silenceMs: number): Promise<void> {
		const end = performance.now() + silenceMs * SETTLE_ANSWERS_MAX;
		for (let rest = silenceMs; rest > 0 && !lost; rest = heardAt + silenceMs - performance.now()) {
			if (performance.now() > end) throw new DeviceError("DEVICE_GARBLED", "it talks without being asked");
			frames = [];
			await wait(rest);
		}
	}

	async function converse(question: Uint8Array, withinMs: number): Promise<Frame> {
		if (mustSettle) await settle(withinMs);
		if (lost) throw lost;
		mustSettle = false;
		splitter.discard();
		frames = [];
		const deadline = performance.now() + withinMs;
		await link.write(question);
		for (let rest = withinMs; frames.length === 0 && rest > 0 && !lost; rest = deadline - performance.now()) {
			await wait(rest);
		}
		if (lost) throw lost;
		const [answer, ...others] = frames;
		mustSettle = answer === undefined || others.length > 0;
		if (others.length > 0) throw new DeviceError("DEVICE_GARBLED", "more than one answer to one question");
		if (answer !== undefined) return answer;
		if (splitter.discard()) throw new DeviceError("DEVICE_GARBLED", "the answer was cut off");
		throw new DeviceError("DEVICE_UNREACHABLE", `no answer within ${withinMs} ms`);
	}

	return {
		ask(question, withinMs) {
			const answer = turn.then(() => converse(question, withinMs));
			turn = answer.catch(() => undefined);
			return answer;
		},
		say(words) {
			const said = turn.then(() => link.write(words));
			turn = said.catch(() => undefined);
			return said;
		},
	};
}
