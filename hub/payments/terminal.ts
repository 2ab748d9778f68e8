import type { Command } from "@kassahub/contracts/command.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import { formatAmount } from "@kassahub/contracts/money.ts";
import type { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import type { PaymentRequest } from "@kassahub/contracts/payment-request.ts";
import type { Result } from "@kassahub/contracts/result.ts";
import { type Asked, askedBy } from "../shop/payments.ts";
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

type Underway = { asked: Asked; original?: Original | undefined; sinceMs: number; askedMs: number };

/**
 * One pin terminal: it does one thing at a time, what it was asked before a restart first, and nothing while a payment
 * of it is unknown. Everything that happens to it takes its turn, so that none of it sees another half done.
 */
export class Terminal {
	readonly #name: string;
	readonly #ports: Ports;
	readonly #outcomes: Outcomes;
	#turn: Promise<void> = Promise.resolve();
	#turns = 0;
	#underway: Underway | undefined;
	/** Open since before a restart, in their order. */
	#waiting: Asked[] = [];
	readonly #unknown = new Map<string, Asked>();
	#awaySinceMs: number | undefined;

	constructor(name: string, ports: Ports, outcomes: Outcomes) {
		this.#name = name;
		this.#ports = ports;
		this.#outcomes = outcomes;
		this.#awaySinceMs = isHere(ports.devices.get(name)) ? undefined : ports.elapsedMs();
	}

	/** Nothing is known of it that the books don't know. */
	get isIdle(): boolean {
		return this.#turns === 0 && !this.#isBusy && this.#unknown.size === 0;
	}

	/** What its alerts are about. */
	get #subject(): string {
		return `payments:${this.#name}`;
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
				if (!this.isKnown(asked.id)) this.#doubt(asked);
				if (settlement) await this.#settle(asked, settlement.outcome, settlement.register);
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
				await this.#conclude(this.#underway.asked, word, 1);
				this.#underway = undefined;
				await this.#next();
			} else if (waiting) {
				await this.#conclude(waiting, word, 1);
				this.#waiting = this.#waiting.filter((asked) => asked !== waiting);
			} else if (unknown) {
				// The one word that changes nothing is that it is still unknown.
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
		if (wasAway && this.#awaySinceMs === undefined && !this.isIdle) void this.#take(async () => this.#askAll());
	}

	/** Looks at the clock: what was asked is asked again, and in the end taken for unknown. */
	tick(): void {
		if (this.#underway === undefined || this.#turns > 0) return;
		const { sinceMs, askedMs } = this.#underway;
		const now = this.#ports.elapsedMs();
		const awayMs = this.#awaySinceMs === undefined ? 0 : now - Math.max(this.#awaySinceMs, sinceMs);
		if (awayMs >= AWAY_MS_MAX || now - sinceMs >= SILENT_MS_MAX) void this.#take(() => this.#giveUp(awayMs));
		else if (awayMs === 0 && now - askedMs >= ASK_AGAIN_MS) this.#resume();
	}

	async #start(asked: Asked, startBy: number): Promise<void> {
		if (this.#isBusy) return this.#conclude(asked, refused("TERMINAL_BUSY"), 1);
		if (this.#unknown.size > 0) return this.#conclude(asked, refused("TERMINAL_BLOCKED"), 1);
		const { devices } = this.#ports;
		if (!devices.isConfigured(this.#name)) return this.#conclude(asked, refused("TERMINAL_UNKNOWN"), 1);
		const state = devices.get(this.#name);
		if (state !== undefined && state.class !== "terminal") {
			return this.#conclude(asked, refused("TERMINAL_UNKNOWN", `${this.#name} is a ${state.class}`), 1);
		}
		if (!isHere(state)) return this.#conclude(asked, refused("TERMINAL_UNREACHABLE", state?.fault?.code), 1);
		const original = await this.#originalOf(asked);
		if (original === "none") return this.#conclude(asked, refused("REVERSAL_IMPOSSIBLE"), 1);
		const now = this.#ports.elapsedMs();
		if (now >= startBy) return this.#conclude(asked, refused("COMMAND_EXPIRED"), 1);
		this.#underway = { asked, original, sinceMs: now, askedMs: now };
		const { clock } = this.#ports;
		const expiresAt = expiryOf(clock, startBy - now);
		this.#command(commandFor(asked, original, { at: clock.now().at, expiresAt }));
	}

	/** Asks for the next that was open before a restart, where nothing is under way. */
	async #next(): Promise<void> {
		while (this.#underway === undefined) {
			const [asked] = this.#waiting;
			if (asked === undefined) return;
			const original = await this.#originalOf(asked);
			if (original === "none") {
				// It was never asked: what can be reversed can't have changed while the terminal was busy with this.
				await this.#conclude(asked, refused("REVERSAL_IMPOSSIBLE"), 1);
			} else {
				const now = this.#ports.elapsedMs();
				this.#underway = { asked, original, sinceMs: now, askedMs: now };
				this.#resume();
			}
			this.#waiting.shift();
		}
	}

	#resume(): void {
		if (this.#underway === undefined) return;
		const { asked, original } = this.#underway;
		this.#underway.askedMs = this.#ports.elapsedMs();
		this.#command(commandFor(asked, original, { at: this.#ports.clock.now().at, resumes: true }));
	}

	async #askAll(): Promise<void> {
		this.#resume();
		for (const asked of this.#unknown.values()) {
			const original = await this.#originalOf(asked);
			if (original === "none") continue;
			this.#command(commandFor(asked, original, { at: this.#ports.clock.now().at, resumes: true }));
		}
	}

	/** What a reversal undoes, nothing for another request, or "none" where it is not the terminal's last payment. */
	async #originalOf(asked: Asked): Promise<Original | undefined | "none"> {
		if (asked.type !== "reverse") return undefined;
		const { last } = await this.#outcomes.terminal(this.#name);
		if (last?.reference === undefined || last.id !== asked.original) return "none";
		asked.amount = last.amount;
		return { amount: last.amount, reference: last.reference };
	}

	async #giveUp(awayMs: number): Promise<void> {
		if (this.#underway === undefined) return;
		const detail = awayMs > 0 ? "the terminal is away" : "the terminal says nothing";
		await this.#conclude(this.#underway.asked, inDoubt("hub", detail), 1);
		this.#underway = undefined;
		await this.#next();
	}

	async #cancel(payment: string, register: string): Promise<void> {
		if (this.#underway?.asked.id === payment) this.#command(cancelCommand(payment, this.#ports.clock));
		else await this.#outcomes.tellAgain(payment, register);
	}

	async #hearPerson({ payment, outcome, register }: Extract<PaymentRequest, { type: "settle" }>): Promise<void> {
		const asked = this.#unknown.get(payment);
		if (asked === undefined) await this.#outcomes.tellAgain(payment, register);
		else await this.#settle(asked, outcome, register);
	}

	async #settle(asked: Asked, status: "approved" | "declined", register: string): Promise<void> {
		const amount = status === "approved" ? asked.amount : 0;
		const fault = status === "approved" ? {} : { fault: { code: "PAYMENT_DECLINED" } };
		await this.#conclude(asked, { status, amount, by: "person", ...fault }, 2, register);
	}

	/** Word of a payment that nobody waits for any more. */
	async #hearLate(id: string, word: Word): Promise<void> {
		const record = await this.#outcomes.payment(id);
		const asked = record && askedBy(record.request, record.number);
		const { log, alerts } = this.#ports;
		if (record === undefined || asked === undefined) {
			if (word.status !== "approved") return;
			log.error({ terminal: this.#name, payment: id, amount: word.amount }, "a payment that is not in the books");
			alerts.raise("PAYMENT_STRAY", this.#subject, "critical", `${formatAmount(word.amount)} · ${id}`);
			return;
		}
		const { outcome } = record;
		if (outcome === undefined) return this.#conclude(asked, word, 1);
		if (outcome.status === "unknown") return this.#conclude(asked, word, 2);
		const contradiction = contradictionOf(outcome, word);
		if (contradiction === undefined) return;
		const detail = `${outcome.register} · ${formatAmount(outcome.amount)} → ${formatAmount(word.amount)} · ${id}`;
		log.error({ terminal: this.#name, payment: id, was: outcome.status, is: word.status }, "a late word contradicts");
		alerts.raise("PAYMENT_CONTRADICTED", this.#subject, "critical", detail);
		if (contradiction === "counts") await this.#conclude(asked, word, outcome.by === "person" ? 3 : 2);
	}

	async #conclude(asked: Asked, word: Word, place: number, settler?: string): Promise<void> {
		const outcome = await this.#outcomes.conclude(this.#name, asked, word, place, settler);
		if (outcome.status === "unknown") this.#doubt(asked);
		else this.#trust(asked.id);
		if (outcome.totals) this.#compare(outcome.totals);
	}

	#doubt(asked: Asked): void {
		this.#unknown.set(asked.id, asked);
		const { id, register, type, amount } = asked;
		const detail = `${register} · ${type} · ${formatAmount(amount)} · ${id}`;
		this.#ports.alerts.raise("PAYMENT_UNKNOWN", this.#subject, "critical", detail);
	}

	#trust(id: string): void {
		if (!this.#unknown.delete(id) || this.#unknown.size > 0) return;
		this.#ports.alerts.clear(this.#subject, "PAYMENT_UNKNOWN");
	}

	#compare({ terminal, journal }: NonNullable<PaymentOutcome["totals"]>): void {
		const { alerts } = this.#ports;
		alerts.clear(this.#subject, "TERMINAL_TOTALS_DIFFER");
		if (terminal.amount === journal.amount) return;
		const detail = `${formatAmount(terminal.amount)} ≠ ${formatAmount(journal.amount)}`;
		alerts.raise("TERMINAL_TOTALS_DIFFER", this.#subject, "warning", detail);
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

/** Whether a terminal can be asked to begin something. */
const isHere = (state: DeviceState | undefined): boolean => state?.state === "online" || state?.state === "degraded";
