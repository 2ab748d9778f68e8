import type { Command } from "@kassahub/contracts/command.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import { type Asked, askedBy } from "../shop/payments.ts";
import { Attention } from "./attention.ts";
import { cancelCommand, commandFor, expiryOf, type Original, START_WITHIN_MS } from "./commands.ts";
import { contradictionOf } from "./contradiction.ts";
import type { Outcomes } from "./outcomes.ts";
import type { Ports } from "./ports.ts";
import { inDoubt, refused, type Word, wordOf } from "./word.ts";

/** Longer than any terminal takes, its customer included: OPI gives up after 330 s (§A1). */
const SILENT_MS_MAX = 6 * 60_000;
/** A cashier and a customer wait: a terminal that is gone so long is not coming back in time. */
const AWAY_MS_MAX = 60_000;
/** What was lost on its way, either way, is asked once more; later than a command can still be started. */
const ASK_AGAIN_MS = 60_000;

/** Something that the terminal was asked, and has not answered yet or can't. */
type Pending = {
	asked: Asked;
	original: Original | undefined;
	sinceMs: number;
	askedMs: number;
	/** It said itself that it can't be found out: asking again is of no use. */
	isAnswered: boolean;
};

/**
 * One pin terminal: it does one thing at a time, what it was asked before a restart first, and nothing while a payment
 * of it is unknown. Everything that happens to it takes its turn, so that none of it sees another half done.
 */
export class Terminal {
	readonly #name: string;
	readonly #ports: Ports;
	readonly #outcomes: Outcomes;
	readonly #attention: Attention;
	#turn: Promise<void> = Promise.resolve();
	#turns = 0;
	#underway: Pending | undefined;
	/** Open since before a restart, in their order. */
	#waiting: Asked[] = [];
	readonly #unknown = new Map<string, Pending>();
	#awaySinceMs: number | undefined;

	constructor(name: string, ports: Ports, outcomes: Outcomes) {
		this.#name = name;
		this.#ports = ports;
		this.#outcomes = outcomes;
		this.#attention = new Attention(name, ports.alerts);
		this.#awaySinceMs = isHere(ports.devices.get(name)) ? undefined : ports.elapsedMs();
	}

	/** Nothing is known of it that the books don't know. */
	get isIdle(): boolean {
		return this.#turns === 0 && !this.#isBusy && this.#unknown.size === 0;
	}

	get #isBusy(): boolean {
		return this.#underway !== undefined || this.#waiting.length > 0;
	}

	isKnown(id: string): boolean {
		return (
			this.#underway?.asked.id === id || this.#unknown.has(id) || this.#waiting.some((waiting) => waiting.id === id)
		);
	}

	/** Takes up what the books say is open or unknown, and asks the terminal what came of it. */
	recall(): Promise<void> {
		return this.#take(async () => {
			const { open, unknown } = await this.#outcomes.terminal(this.#name);
			for (const { settlement, ...asked } of unknown.values()) {
				const pending = this.#unknown.get(asked.id) ?? (await this.#pending(asked));
				this.#doubt(pending);
				if (settlement) await this.#settle(pending, settlement.outcome, settlement.register);
			}
			const fresh = [...open.values()].filter(({ id }) => !this.isKnown(id));
			this.#waiting.push(...fresh.sort((a, b) => a.number - b.number));
			await this.#next();
		});
	}

	/** A request that was just booked. */
	ask(request: PaymentRequest, number: number): Promise<void> {
		const startBy = this.#ports.elapsedMs() + START_WITHIN_MS;
		return this.#take(async () => {
			if (request.type === "cancel") return this.#cancel(request.payment, request.register);
			if (request.type === "settle") return this.#hearPerson(request);
			const asked = askedBy(request, number);
			if (asked !== undefined && !this.isKnown(asked.id)) await this.#start(asked, startBy);
		});
	}

	/** A request that was booked before: its outcome once more, or the terminal asked where nobody is asking it. */
	askAgain(request: PaymentRequest, number: number): Promise<void> {
		return this.#take(async () => {
			if (request.type === "settle") return this.#hearPerson(request);
			if (request.type === "cancel") return void (await this.#outcomes.tellAgain(request.payment, request.register));
			const asked = askedBy(request, number);
			if (asked === undefined || this.#underway?.asked.id === asked.id) return;
			if (await this.#outcomes.tellAgain(asked.id, asked.register)) return;
			if (!this.isKnown(asked.id)) this.#waiting.push(asked);
			await this.#next();
		});
	}

	/** A result of the bridge; resolves once what it says is in the books. */
	heard(result: Result): Promise<void> {
		return this.#take(async () => {
			const word = wordOf(result);
			const { id } = result;
			const waiting = this.#waiting.find((asked) => asked.id === id);
			const unknown = this.#unknown.get(id);
			if (this.#underway?.asked.id === id) {
				this.#underway.isAnswered = true;
				await this.#end(this.#underway, word);
			} else if (waiting) {
				await this.#conclude({ ...(await this.#pending(waiting)), isAnswered: true }, word, 1);
				this.#waiting = this.#waiting.filter((asked) => asked !== waiting);
			} else if (unknown) {
				unknown.isAnswered = true;
				if (word.status !== "unknown") await this.#conclude(unknown, word, 2);
			} else {
				await this.#hearLate(id, word);
			}
		});
	}

	heardState(state: DeviceState): void {
		const now = this.#ports.elapsedMs();
		const wasAway = this.#awaySinceMs !== undefined;
		this.#awaySinceMs = isHere(state) ? undefined : (this.#awaySinceMs ?? now);
		if (wasAway && isHere(state)) for (const pending of this.#unanswered) this.#resume(pending);
	}

	/** Looks at the clock: what was asked is asked again, and in the end taken for unknown. */
	tick(): void {
		if (this.#turns > 0) return;
		const now = this.#ports.elapsedMs();
		const underway = this.#underway;
		if (underway) {
			const awayMs = this.#awaySinceMs === undefined ? 0 : now - Math.max(this.#awaySinceMs, underway.sinceMs);
			if (awayMs >= AWAY_MS_MAX || now - underway.sinceMs >= SILENT_MS_MAX) {
				const detail = awayMs > 0 ? "the terminal is away" : "the terminal says nothing";
				void this.#take(() => this.#end(underway, inDoubt("hub", detail)));
				return;
			}
		}
		if (this.#awaySinceMs !== undefined) return;
		for (const pending of this.#unanswered) if (now - pending.askedMs >= ASK_AGAIN_MS) this.#resume(pending);
	}

	get #unanswered(): Pending[] {
		const all = [...(this.#underway ? [this.#underway] : []), ...this.#unknown.values()];
		return all.filter(({ isAnswered }) => !isAnswered);
	}

	async #start(asked: Asked, startBy: number): Promise<void> {
		const pending = await this.#pending(asked);
		const restMs = startBy - this.#ports.elapsedMs();
		const refusal = this.#refusalOf(pending, restMs);
		if (refusal) return this.#conclude(pending, refusal, 1);
		this.#underway = pending;
		const { clock } = this.#ports;
		const expiresAt = expiryOf(clock, restMs);
		this.#command(commandFor(pending.asked, pending.original, { at: clock.now().at, expiresAt }));
	}

	/** Why the terminal is not asked at all. */
	#refusalOf(pending: Pending, restMs: number): Word | undefined {
		if (this.#isBusy) return refused("TERMINAL_BUSY");
		if (this.#unknown.size > 0) return refused("TERMINAL_BLOCKED");
		const { devices } = this.#ports;
		const state = devices.get(this.#name);
		if (!devices.isConfigured(this.#name)) return refused("TERMINAL_UNKNOWN");
		if (state && state.class !== "terminal") return refused("TERMINAL_UNKNOWN", `${this.#name} is a ${state.class}`);
		if (!isHere(state)) return refused("TERMINAL_UNREACHABLE", state?.fault?.code);
		if (isImpossible(pending)) return refused("REVERSAL_IMPOSSIBLE");
		return restMs > 0 ? undefined : refused("COMMAND_EXPIRED");
	}

	/** Asks for the next that was open before a restart, where nothing is under way. */
	async #next(): Promise<void> {
		while (this.#underway === undefined) {
			const [asked] = this.#waiting;
			if (asked === undefined) return;
			const pending = await this.#pending(asked);
			if (isImpossible(pending)) {
				// It was never asked: what can be reversed can't have changed while the terminal was busy with this.
				await this.#conclude(pending, refused("REVERSAL_IMPOSSIBLE"), 1);
			} else {
				this.#underway = pending;
				this.#resume(pending);
			}
			this.#waiting.shift();
		}
	}

	/** Books what came of that which is under way, and goes on. */
	async #end(underway: Pending, word: Word): Promise<void> {
		if (this.#underway !== underway) return;
		await this.#conclude(underway, word, 1);
		this.#underway = undefined;
		await this.#next();
	}

	#resume(pending: Pending): void {
		if (isImpossible(pending)) return;
		pending.askedMs = this.#ports.elapsedMs();
		const at = this.#ports.clock.now().at;
		this.#command(commandFor(pending.asked, pending.original, { at, resumes: true }));
	}

	/** A reversal with what it undoes, where that is the terminal's last payment and it has names for it. */
	async #pending(asked: Asked): Promise<Pending> {
		const now = this.#ports.elapsedMs();
		const pending: Pending = { asked, original: undefined, sinceMs: now, askedMs: now, isAnswered: false };
		if (asked.type !== "reverse") return pending;
		const { last } = await this.#outcomes.terminal(this.#name);
		if (last?.reference === undefined || last.id !== asked.original) return pending;
		const original = { amount: last.amount, reference: last.reference };
		return { ...pending, asked: { ...asked, amount: last.amount }, original };
	}

	async #cancel(payment: string, register: string): Promise<void> {
		if (this.isKnown(payment)) this.#command(cancelCommand(payment, this.#ports.clock));
		else await this.#outcomes.tellAgain(payment, register);
	}

	async #hearPerson({ payment, outcome, register }: Extract<PaymentRequest, { type: "settle" }>): Promise<void> {
		const pending = this.#unknown.get(payment);
		if (pending === undefined) await this.#outcomes.tellAgain(payment, register);
		else await this.#settle(pending, outcome, register);
	}

	async #settle(pending: Pending, status: "approved" | "declined", register: string): Promise<void> {
		const amount = status === "approved" ? pending.asked.amount : 0;
		const fault = status === "approved" ? {} : { fault: { code: "PAYMENT_DECLINED" } };
		await this.#conclude(pending, { status, amount, by: "person", ...fault }, 2, register);
	}

	/** Word of a payment that nobody waits for any more. */
	async #hearLate(id: string, word: Word): Promise<void> {
		const record = await this.#outcomes.payment(id);
		const asked = record && askedBy(record.request, record.number);
		if (record === undefined || asked === undefined) {
			if (word.status === "approved") this.#attention.stray(id, word.amount);
			return;
		}
		const { outcome } = record;
		const pending = { ...(await this.#pending(asked)), isAnswered: true };
		if (outcome === undefined) return this.#conclude(pending, word, 1);
		if (outcome.status === "unknown") return this.#conclude(pending, word, 2);
		const contradiction = contradictionOf(outcome, word);
		if (contradiction === undefined) return;
		this.#attention.contradicted(outcome, word);
		if (contradiction === "counts") await this.#conclude(pending, word, outcome.by === "person" ? 3 : 2);
	}

	async #conclude(pending: Pending, word: Word, place: number, settler?: string): Promise<void> {
		const outcome = await this.#outcomes.conclude(this.#name, pending.asked, word, place, settler);
		if (outcome.status === "unknown") this.#doubt(pending);
		else this.#trust(pending.asked.id);
		if (outcome.totals) this.#attention.totals(outcome.totals);
	}

	#doubt(pending: Pending): void {
		this.#unknown.set(pending.asked.id, pending);
		this.#attention.unknown(pending.asked);
	}

	#trust(id: string): void {
		if (this.#unknown.delete(id) && this.#unknown.size === 0) this.#attention.noneUnknown();
	}

	#command(command: Command): void {
		this.#ports.devices.command(this.#name, command);
	}

	/** Does a piece of work when all before it is done. What fails unexpectedly is this terminal's alone. */
	#take(work: () => Promise<void>): Promise<void> {
		this.#turns++;
		const taken = this.#turn.then(work).finally(() => {
			this.#turns--;
		});
		this.#turn = taken.catch((error: unknown) => {
			this.#ports.log.error({ err: error, terminal: this.#name }, "a payment's turn failed");
		});
		return taken;
	}
}

/** Whether it is a reversal of what can't be reversed. */
const isImpossible = ({ asked, original }: Pending): boolean => asked.type === "reverse" && original === undefined;

/** Whether a terminal can be asked to begin something. */
const isHere = (state: DeviceState | undefined): boolean => state?.state === "online" || state?.state === "degraded";
