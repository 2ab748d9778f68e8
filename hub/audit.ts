import type { AuditAction, AuditEntry } from "@kassahub/contracts/audit.ts";
import type { Logger } from "pino";
import { uuidv7 } from "uuidv7";
import type { Books } from "./books/books.ts";
import type { Clock } from "./clock.ts";

/** Who did what, into the journal. What cannot be kept is logged: a full disk must not keep the owner out. */
export class Audit {
	readonly #books: Pick<Books, "submit">;
	readonly #clock: Clock;
	readonly #log: Pick<Logger, "warn">;

	constructor({ books, clock, log }: { books: Pick<Books, "submit">; clock: Clock; log: Pick<Logger, "warn"> }) {
		this.#books = books;
		this.#clock = clock;
		this.#log = log;
	}

	note(who: string, action: AuditAction, more: Pick<AuditEntry, "about" | "detail"> = {}): void {
		const entry: AuditEntry = { id: uuidv7(), at: this.#clock.now().at, who, action, ...more };
		const payload = new TextEncoder().encode(JSON.stringify(entry));
		this.#books.submit({ kind: "audit", source: "hub", register: null, topic: "audit", payload }).then(
			(outcome) => {
				if (outcome.status === "rejected") this.#log.warn({ who, action, ...outcome.rejection }, "not auditable");
			},
			(error: unknown) => this.#log.warn({ err: error, who, action }, "not kept in the audit log"),
		);
	}
}
