import type { Credentials, PairingKind } from "@kassahub/contracts/credentials.ts";
import type { DeviceState } from "@kassahub/contracts/device-state.ts";
import type { Health } from "@kassahub/contracts/health.ts";
import type { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import type { Person } from "@kassahub/contracts/person.ts";
import type { QuarantineItem } from "@kassahub/contracts/quarantine-item.ts";
import type { RelayState } from "@kassahub/contracts/relay-state.ts";
import type { Right } from "@kassahub/contracts/role.ts";
import type { Session } from "@kassahub/contracts/session.ts";
import type { Shop } from "@kassahub/contracts/shop.ts";
import type { Turnover } from "@kassahub/contracts/turnover.ts";
import { signal } from "@preact/signals";
import { localDay } from "../kit/local-time.ts";
import { createRest, type Rest, RestRefused } from "../kit/rest.ts";

export type Pairing = { name: string; kind: PairingKind; pairedAt: string };

const POLL_MS = 2000;
const ENTRIES_SHOWN = 20;

/**
 * The hub as it was last asked. By REST, not MQTT: one account may then watch from several screens, which as MQTT
 * clients of one name would push each other off the broker.
 */
export class HubWatch {
	readonly name: string;
	readonly rest: Rest;
	readonly status = signal<"asking" | "live" | "away" | "refused">("asking");
	readonly health = signal<Health | undefined>(undefined);
	readonly shop = signal<Shop | undefined>(undefined);
	readonly devices = signal<readonly DeviceState[] | undefined>(undefined);
	readonly relay = signal<RelayState | undefined>(undefined);
	readonly entries = signal<readonly JournalEntry[] | undefined>(undefined);
	readonly turnover = signal<Turnover | undefined>(undefined);
	readonly quarantine = signal<readonly QuarantineItem[] | undefined>(undefined);
	readonly people = signal<readonly Person[] | undefined>(undefined);
	readonly pairings = signal<readonly Pairing[] | undefined>(undefined);

	/** Who signed in here; undefined where the page itself is paired. */
	readonly session: Session | undefined;

	constructor(key: Credentials | Session) {
		const isPaired = "token" in key;
		this.session = isPaired ? undefined : key;
		this.name = isPaired ? key.username : key.name;
		this.rest = createRest(isPaired ? key.token : undefined);
	}

	/** Whether whoever watches may do this: a paired page may do what a technician's program may. */
	may(right: Right): boolean {
		return this.session?.rights.includes(right) ?? true;
	}

	/** Asks every two seconds while the page is in sight, until the hub refuses the key. */
	async run(): Promise<void> {
		while (this.status.value !== "refused") {
			if (!document.hidden) await this.look();
			await new Promise((resolve) => setTimeout(resolve, POLL_MS));
		}
	}

	/** Asks once, also right after something was changed here. */
	async look(): Promise<void> {
		try {
			const [health, devices, pairings, people] = await Promise.all([
				this.rest.get<Health>("/health"),
				this.may("see-devices") ? this.rest.get<DeviceState[]>("/devices") : undefined,
				this.may("see-pairings") ? this.rest.get<Pairing[]>("/pairings") : undefined,
				this.may("see-people") ? this.rest.get<Person[]>("/people") : undefined,
			]);
			this.devices.value = devices;
			this.pairings.value = pairings;
			this.people.value = people;
			this.relay.value = await this.rest.get<RelayState>("/relay").catch(absent);
			await this.#lookAtBooks(health);
			this.shop.value ??= await this.rest.get<Shop>("/shop");
			this.health.value = health;
			this.status.value = "live";
		} catch (error) {
			const isRefused = error instanceof RestRefused && [401, 403].includes(error.problem.status);
			if (!isRefused && !(error instanceof TypeError || error instanceof RestRefused)) throw error;
			this.status.value = isRefused ? "refused" : "away";
		}
	}

	/** Ends the session of whoever signed in here; the page then asks for the next one. */
	async signOut(): Promise<void> {
		try {
			await this.rest.delete("/session");
		} catch (error) {
			if (error instanceof TypeError) {
				this.status.value = "away";
				return;
			}
			if (!(error instanceof RestRefused)) throw error;
		}
		this.status.value = "refused";
	}

	/** The parts that change only when the journal or the quarantine does. */
	async #lookAtBooks(health: Health): Promise<void> {
		const before = this.health.value;
		const head = health.journal.number;
		const day = localDay(new Date());
		if (before?.journal.hash !== health.journal.hash || this.turnover.value?.day !== day) {
			if (this.may("see-journal")) {
				const known = before?.box === health.box ? (this.entries.value ?? []) : [];
				const after = Math.max(known[0]?.number ?? 0, head - ENTRIES_SHOWN);
				const path = `/journal?after=${after}&limit=${ENTRIES_SHOWN}`;
				const fresh = await this.rest.get<{ entries: JournalEntry[] }>(path);
				this.entries.value = [...fresh.entries.reverse(), ...known].slice(0, ENTRIES_SHOWN);
			}
			if (this.may("see-turnover")) this.turnover.value = await this.rest.get<Turnover>(`/turnover?day=${day}`);
		}
		if (!this.may("repair-quarantine")) return;
		if (before?.quarantine !== health.quarantine || before?.journal.hash !== health.journal.hash) {
			this.quarantine.value = (await this.rest.get<QuarantineItem[]>("/quarantine")).sort(
				(a, b) => b.number - a.number,
			);
		}
	}
}

/** A relay that has not reported yet is no fault of the page. */
function absent(error: unknown): undefined {
	if (error instanceof RestRefused && error.problem.status === 404) return undefined;
	throw error;
}
