import type { Booking } from "@kassahub/contracts/booking.ts";
import { type Booked, fullOutcome } from "./lean-outcome.ts";
import type { Packed, PackedOutcomes, Route } from "./protocol.ts";
import type { Outcome, Submission } from "./submission.ts";

/**
 * Submissions cross to the books' thread in one transferred buffer a tick, outcomes come back in one message a group:
 * a message of its own for each sale would cost more than all its checks.
 * The buffer holds, for each submission, two little-endian 32-bit numbers (route, payload length) and the payload.
 */
const HEADER_BYTES = 8;

/** Packs on the main thread; it knows which routes the other side has been told. */
export class Packer {
	/** By topic, and mostly one for each: a register speaks for itself. */
	readonly #routes = new Map<string, (Route & { place: number })[]>();
	#routeCount = 0;

	pack(submissions: readonly Submission[]): Packed {
		let size = 0;
		for (const submission of submissions) size += HEADER_BYTES + submission.payload.byteLength;
		const bytes = new Uint8Array(size);
		const view = new DataView(bytes.buffer);
		const newRoutes: Route[] = [];
		let offset = 0;
		for (const submission of submissions) {
			const { payload } = submission;
			view.setUint32(offset, this.#routeOf(submission, newRoutes), true);
			view.setUint32(offset + 4, payload.byteLength, true);
			bytes.set(payload, offset + HEADER_BYTES);
			offset += HEADER_BYTES + payload.byteLength;
		}
		return { newRoutes, count: submissions.length, buffer: bytes.buffer };
	}

	#routeOf({ kind, source, register, topic }: Submission, newRoutes: Route[]): number {
		let routes = this.#routes.get(topic);
		if (routes === undefined) {
			routes = [];
			this.#routes.set(topic, routes);
		}
		for (const route of routes) {
			if (route.source === source && route.kind === kind && route.register === register) return route.place;
		}
		const place = this.#routeCount++;
		routes.push({ kind, source, register, topic, place });
		newRoutes.push({ kind, source, register, topic });
		return place;
	}
}

/** Unpacks on the other side. */
export class Unpacker {
	readonly #routes: Route[] = [];

	unpack({ newRoutes, count, buffer }: Packed): Submission[] {
		this.#routes.push(...newRoutes);
		const view = new DataView(buffer);
		const submissions: Submission[] = [];
		let offset = 0;
		for (let index = 0; index < count; index++) {
			const { kind, source, register, topic } = this.#routes[view.getUint32(offset, true)] as Route;
			const length = view.getUint32(offset + 4, true);
			const payload = new Uint8Array(buffer, offset + HEADER_BYTES, length);
			submissions.push({ kind, source, register, topic, payload });
			offset += HEADER_BYTES + length;
		}
		return submissions;
	}
}

const ID_LENGTH = 36;
const HASH_LENGTH = 64;

export function packOutcomes({ at, clock, outcomes }: Booked): PackedOutcomes {
	const packed: PackedOutcomes = { count: outcomes.length, at, clock, numbers: [], ids: "", hashes: "", others: [] };
	for (let place = 0; place < outcomes.length; place++) {
		const outcome = outcomes[place] as Booked["outcomes"][number];
		if (outcome.status === "fresh") {
			packed.numbers.push(outcome.number);
			packed.ids += outcome.id;
			packed.hashes += outcome.hash;
		} else {
			packed.others.push([place, outcome]);
		}
	}
	return packed;
}

/** The outcomes in the order of their submissions, whose kinds are given. */
export function unpackOutcomes(packed: PackedOutcomes, kinds: readonly Booking["kind"][]): Outcome[] {
	const { at, clock, numbers, ids, hashes, others } = packed;
	const outcomes: Outcome[] = [];
	let other = 0;
	let fresh = 0;
	for (let place = 0; place < packed.count; place++) {
		const whole = others[other];
		if (whole?.[0] === place) {
			outcomes.push(whole[1]);
			other++;
			continue;
		}
		const id = ids.slice(fresh * ID_LENGTH, (fresh + 1) * ID_LENGTH);
		const hash = hashes.slice(fresh * HASH_LENGTH, (fresh + 1) * HASH_LENGTH);
		const number = numbers[fresh] as number;
		outcomes.push(fullOutcome({ status: "fresh", id, number, hash }, kinds[place] as Booking["kind"], at, clock));
		fresh++;
	}
	return outcomes;
}
