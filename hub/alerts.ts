import { type Alert, alert as alertMessage } from "@kassahub/contracts/alert.ts";
import { type ErrorCode, errors } from "@kassahub/contracts/errors.ts";
import type { MessageDefinition } from "@kassahub/contracts/message.ts";
import type { Clock } from "./clock.ts";

export type Publish = (message: MessageDefinition, levels: Record<string, string>, value: unknown) => void;

/** What wants attention now. One alert a cause and subject, however often it is raised. */
export class Alerts {
	readonly #raised = new Map<string, Alert>();
	readonly #publish: Publish;
	readonly #clock: Clock;

	constructor(publish: Publish, clock: Clock) {
		this.#publish = publish;
		this.#clock = clock;
	}

	list(): Alert[] {
		return [...this.#raised.values()];
	}

	/** `detail`: which one, how much. */
	raise(code: ErrorCode, subject: string, severity: Alert["severity"], detail?: string): void {
		const key = `${code} ${subject}`;
		if (this.#raised.has(key)) return;
		const { nl, en, remedyNl, remedyEn } = errors[code];
		const alert: Alert = {
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
		this.#publish(alertMessage, {}, alert);
	}

	/** Clears every alert of a subject, or only those of one code. */
	clear(subject: string, code?: ErrorCode): void {
		for (const [key, alert] of this.#raised) {
			if (alert.subject !== subject || (code !== undefined && alert.code !== code)) continue;
			this.#raised.delete(key);
			this.#publish(alertMessage, {}, { ...alert, state: "cleared", since: this.#clock.now().at });
		}
	}
}
