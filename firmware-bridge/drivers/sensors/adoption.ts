import { DeviceError, fault } from "../../fault.ts";
import type { TopicLink } from "../../links/link.ts";
import type { Outcome, Report } from "../driver.ts";
import { Attendance } from "./availability.ts";
import { type Discovery, decodeDiscovery, type Entity } from "./home-assistant-config.ts";
import { readNumber } from "./quantities.ts";
import { SensorBoard } from "./sensor-board.ts";
import type { SensorSettings } from "./shelf-settings.ts";

type Announced = Extract<Discovery, { kind: "announced" }>;
type Adopted = { entity: Entity; attendance: Attendance; off: NodeJS.Timeout | undefined };

/** So long a sensor that is switched on may take before it is said to be missing. */
const ANNOUNCED_WITHIN_MS = 60_000;
/** What a broker has retained of it comes within this. */
const SETTLED_WITHIN_MS = 5000;
/** A sensor that announces ever new topics is begun anew: nothing is gathered for it. */
const TOPICS_MAX = 300;
const TEXT_SHOWN_MAX = 40;

/** One sensor that is listened to because it announced itself: what it announces, and what it says from then on. */
export class Adoption {
	readonly #link: TopicLink;
	readonly #board: SensorBoard;
	readonly #greet: () => void;
	readonly #announced = new Map<string, Announced>();
	readonly #listening = new Set<string>();
	readonly #failed = Promise.withResolvers<never>();
	#adopted: Adopted[] = [];
	#silence: NodeJS.Timeout | undefined;
	#settling: NodeJS.Timeout | undefined;
	#isSettled = false;

	/** `greet` is called when it listens to something new: whoever says it again now is heard. */
	constructor(link: TopicLink, settings: SensorSettings, report: Report, greet: () => void) {
		this.#link = link;
		this.#greet = greet;
		this.#board = new SensorBoard(settings, report);
		this.#failed.promise.catch(() => undefined);
	}

	/** Listens to what the link's topic announces: one entity or device, or all of a node's. */
	async begin(): Promise<void> {
		const root = this.#link.topic.replace(/\/config$/, "");
		const take = (topic: string, payload: Uint8Array) => this.#hearConfig(topic, payload);
		await this.#link.subscribe(`${root}/config`, take);
		await this.#link.subscribe(`${root}/+/config`, take);
		this.#silence = setTimeout(() => {
			const missing = fault("SENSOR_UNANNOUNCED", `nothing on ${root}/config`);
			if (this.#announced.size === 0) this.#board.setTrouble({ state: "offline", fault: missing });
		}, ANNOUNCED_WITHIN_MS);
		this.#settling = setTimeout(() => {
			this.#isSettled = true;
			for (const adopted of this.#adopted) this.#tellPresence(adopted);
		}, SETTLED_WITHIN_MS);
		this.#greet();
	}

	/** Until the link is lost. Throws what makes it necessary to begin anew. */
	async watch(): Promise<void> {
		try {
			await Promise.race([this.#link.gone, this.#failed.promise]);
		} finally {
			clearTimeout(this.#silence);
			clearTimeout(this.#settling);
			for (const { off } of this.#adopted) clearTimeout(off);
			this.#board.close();
		}
	}

	selfTest(): Outcome {
		return this.#board.selfTest();
	}

	#hearConfig(topic: string, payload: Uint8Array): void {
		const discovery = decodeDiscovery(topic, payload);
		if (discovery.kind === "fault") {
			// What it announced before still stands.
			this.#board.setTrouble({ state: "degraded", fault: fault("SENSOR_UNREADABLE", discovery.detail) });
			return;
		}
		if (discovery.kind === "removed") this.#announced.delete(topic);
		else this.#announced.set(topic, discovery);
		this.#adopt();
	}

	#adopt(): void {
		const all = [...this.#announced.values()];
		const byId = new Map(all.flatMap(({ entities }) => entities).map((entity) => [entity.id, entity]));
		const before = new Map(this.#adopted.map((adopted) => [adopted.entity.id, adopted]));
		for (const { off } of this.#adopted) clearTimeout(off);
		this.#adopted = [...byId.values()].map((entity) => {
			const known = before.get(entity.id);
			const isSame = known && JSON.stringify(known.entity.availability) === JSON.stringify(entity.availability);
			return { entity, attendance: isSame ? known.attendance : new Attendance(entity.availability), off: undefined };
		});
		const [first] = all;
		const { name: _, ...identity } = first?.identity ?? {};
		this.#board.declare(
			this.#adopted.map(({ entity: { id, name, kind, unit, expireMs, availability } }) => ({
				id,
				label: name,
				kind,
				unit,
				freshMs: expireMs ?? (availability.topics.length > 0 ? Number.POSITIVE_INFINITY : undefined),
			})),
			identity,
		);
		const faults = all.flatMap((announced) => announced.faults);
		this.#board.setTrouble(this.#troubleOf(faults));
		for (const adopted of this.#adopted) this.#tellPresence(adopted);
		for (const { entity, attendance } of this.#adopted) {
			for (const topic of [...attendance.topics, entity.stateTopic]) this.#listen(topic);
		}
	}

	/** Whoever has a topic to say that it is there, and was never heard on it, is not: but what is retained takes a moment. */
	#tellPresence({ entity, attendance }: Adopted): void {
		const isDue = attendance.isKnown || this.#isSettled;
		this.#board.setPresence(attendance.isThere ? "there" : isDue ? "away" : "unknown", entity.id);
	}

	#troubleOf(faults: string[]): Parameters<SensorBoard["setTrouble"]>[0] {
		const detail = faults.join("; ").slice(0, 200);
		if (detail !== "") return { state: "degraded", fault: fault("SENSOR_UNREADABLE", detail) };
		if (this.#adopted.length > 0) return undefined;
		return { state: "offline", fault: fault("SENSOR_UNANNOUNCED", "it announces nothing that a shop can use") };
	}

	#listen(topic: string): void {
		if (this.#listening.has(topic)) return;
		if (this.#listening.size >= TOPICS_MAX) {
			this.#failed.reject(new DeviceError("SENSOR_UNREADABLE", `it announced more than ${TOPICS_MAX} topics`));
			return;
		}
		this.#listening.add(topic);
		this.#link.subscribe(topic, (from, payload) => this.#hear(from, payload)).then(this.#greet, this.#failed.reject);
	}

	#hear(topic: string, payload: Uint8Array): void {
		let text: string;
		try {
			text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
		} catch {
			for (const { entity } of this.#adopted) {
				if (entity.stateTopic === topic) this.#board.doubt(entity.id, invalid(entity, "not UTF-8"));
			}
			return;
		}
		for (const adopted of this.#adopted) {
			const { entity, attendance } = adopted;
			if (attendance.topics.includes(topic)) {
				attendance.hear(topic, text);
				this.#tellPresence(adopted);
			}
			if (entity.stateTopic === topic) this.#takeState(adopted, text);
		}
	}

	#takeState(adopted: Adopted, payload: string): void {
		const { entity } = adopted;
		const rendered = entity.template?.render(payload) ?? { kind: "text", text: payload };
		clearTimeout(adopted.off);
		if (rendered.kind === "malformed") this.#board.doubt(entity.id, invalid(entity, rendered.why));
		if (rendered.kind === "bad") this.#board.spoil(entity.id, invalid(entity, rendered.why));
		if (rendered.kind !== "text") return;
		const value = entity.binary ? yesOrNo(entity.binary, rendered.text) : readNumber(rendered.text);
		if (value === undefined) {
			this.#board.spoil(entity.id, invalid(entity, JSON.stringify(rendered.text.slice(0, TEXT_SHOWN_MAX))));
			return;
		}
		this.#board.take(entity.id, value);
		const { offAfterMs } = entity.binary ?? {};
		if (value === true && offAfterMs !== undefined) {
			adopted.off = setTimeout(() => this.#board.take(entity.id, false), offAfterMs);
		}
	}
}

const yesOrNo = ({ on, off }: NonNullable<Entity["binary"]>, text: string): boolean | undefined =>
	text === on ? true : text === off ? false : undefined;

const invalid = ({ name }: Entity, why: string) => fault("SENSOR_VALUE_INVALID", `${name}: ${why}`);
