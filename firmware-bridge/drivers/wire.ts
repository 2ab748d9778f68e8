import type { Direction } from "../links/link.ts";
import type { Splitter } from "./exchange.ts";

/** Why bytes can't be read by a protocol. */
export class WireError extends Error {
	constructor(reason: string) {
		super(reason);
		this.name = "WireError";
	}
}

/** How a protocol's bytes are read by people: the flight recorder and `kassahub decode`. */
export type Wire = {
	/** Cuts what passes in one direction into frames; what is no frame comes out too, and within a bound. */
	frames(direction: Direction): Splitter<Uint8Array>;
	/** What a frame says, as JSON without cardholder data or secrets. Throws WireError. */
	explain(frame: Uint8Array, direction: Direction): Record<string, unknown>;
	/** The frame as it may be kept; as it is, where a protocol carries nothing that must not be. */
	mask?(frame: Uint8Array, direction: Direction): Uint8Array;
};
