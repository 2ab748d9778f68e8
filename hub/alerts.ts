import { type Alert, alert as alertMessage } from "@kassahub/contracts/alert.ts";
import { type ErrorCode, errors } from "@kassahub/contracts/errors.ts";
import type { MessageDefinition } from "@kassahub/contracts/message.ts";
import { uuidv7 } from "uuidv7";
import type { Clock } from "./clock.ts";

export type Publish = (message: MessageDefinition, levels: Record<string, string>, value: unknown) => void;

const DAY_MS = 86_400_000;
const CLEARED_KEPT = 500;

/** What wants attention now. One alert a cause and subject, however often it is raised; what was cleared is kept for a day. */
export class Alerts {
	readonly #raised = new Map<string, Alert>();
	#cleared: { alert: Alert; runMs: number }[] = [];
	readonly #counts = new Map<string, number>();
	readonly #publish: Publish;
	readonly #clock: Clock;
	readonly #now: () => number;

	/** `now`: a clock that only runs on. */
	constructor(publish: Publish, clock: Clock, now: () => number = () => performance.now()) {
		this.#publish = publish;
		this.#clock = clock;
		this.#now = now;
	}

	list(): Alert[] {
		return [...this.#raised.values()];
	}

	/** What was cleared in the last day, the newest first. */
	cleared(): Alert[] {
		this.#cleared = this.#cleared.filter(({ runMs }) => this.#now() - runMs < DAY_MS);
		return this.#cleared.map(({ alert }) => alert).reverse();
	}

	/** How often each code was raised since the hub started. */
	counts(): ReadonlyMap<string, number> {
		return this.#counts;
	}

	/** `detail`: which one, how much. */
	raise(code: ErrorCode, subject: string, severity: Alert["severity"], detail?: string): void {
		const key = `${code} ${subject}`;
		if (this.#raised.has(key)) return;
		const { nl, en, remedyNl, remedyEn } = errors[code];
		const alert: Alert = {
			id: uuidv7(),
			code,
			subject,
			state: "raised",
			severity,
			since: this.#clock.now().at,
			message: { nl, en },
			remedy: { nl: remedyNl, en: remedyEn },
			...(detail === undefined ? {} : { detail }),
		};
		this.#raised.set(key, alert);
		this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
		this.#publish(alertMessage, {}, alert);
	}

	/** Says more of an alert that stands, to who looks at it; nobody is told anew. */
	detail(code: ErrorCode, subject: string, detail: string): void {
		const key = `${code} ${subject}`;
		const alert = this.#raised.get(key);
		if (alert) this.#raised.set(key, { ...alert, detail });
	}

	/** Somebody has seen it and sees to it. Undefined where no such alert stands; the first who said so is kept. */
	acknowledge(id: string, who: string): { alert: Alert; isFirst: boolean } | undefined {
		for (const [key, alert] of this.#raised) {
			if (alert.id !== id) continue;
			if (alert.acknowledgedBy !== undefined) return { alert, isFirst: false };
			const seen: Alert = { ...alert, acknowledgedBy: who, acknowledgedAt: this.#clock.now().at };
			this.#raised.set(key, seen);
			this.#publish(alertMessage, {}, seen);
			return { alert: seen, isFirst: true };
		}
		return undefined;
	}

	/** Clears every alert of a subject, or only those of one code. */
	clear(subject: string, code?: ErrorCode): void {
		for (const [key, alert] of this.#raised) {
			if (alert.subject !== subject || (code !== undefined && alert.code !== code)) continue;
			this.#raised.delete(key);
			const cleared: Alert = { ...alert, state: "cleared", clearedAt: this.#clock.now().at };
			this.#cleared.push({ alert: cleared, runMs: this.#now() });
			if (this.#cleared.length > CLEARED_KEPT) this.#cleared.shift();
			this.#publish(alertMessage, {}, cleared);
		}
	}
}
