import { SerialCable } from "./pty.ts";

/** One node on the bus and what lies on it. */
export type NodeCondition = {
	grams: number;
	celsius: number;
	battery: number;
	isUnstable: boolean;
	isOver: boolean;
	isUnder: boolean;
	isDefect: boolean;
};

/** How a node misbehaves, on command. */
export type NodeMisbehaviour = {
	/** Answers nothing. */
	isMute: boolean;
	/** Answers this much later. */
	lateMs: number;
	/** A bit falls over in every answer. */
	babbles: boolean;
	/** Another node has its address, and both answer at once. */
	collides: boolean;
	/** Numbers its answers wrongly. */
	misnumbers: boolean;
	/** Refuses to take its tare. */
	refusesTare: boolean;
};

const goodNode = (): NodeMisbehaviour => ({
	isMute: false,
	lateMs: 0,
	babbles: false,
	collides: false,
	misnumbers: false,
	refusesTare: false,
});

type Node = { condition: NodeCondition; misbehaviour: NodeMisbehaviour; zero: number; isFresh: boolean };

/** The remainder of the message times x^16 by x^16 + x^12 + x^5 + 1, beginning from ones: section 7 of the sheet. */
function checksum(message: number[]): [high: number, low: number] {
	let remainder = 0xffff;
	for (const byte of message) {
		for (let mask = 0x80; mask > 0; mask >>= 1) {
			const isOne = (remainder & 0x8000 ? 1 : 0) !== (byte & mask ? 1 : 0);
			remainder = (remainder << 1) & 0xffff;
			if (isOne) remainder ^= 0x1021;
		}
	}
	return [remainder >> 8, remainder & 0xff];
}

/** Frames on this bus are shorter than a full block: every zero becomes the distance to the next, and an end is added. */
function stuff(frame: number[]): number[] {
	const stuffed = [0, ...frame, 0];
	let zeroAt = stuffed.length - 1;
	for (let at = stuffed.length - 2; at >= 0; at--) {
		if (stuffed[at] !== 0) continue;
		stuffed[at] = zeroAt - at;
		zeroAt = at;
	}
	return stuffed;
}

function unstuff(stuffed: number[]): number[] {
	const frame = [...stuffed];
	for (let at = 0; at < stuffed.length; ) {
		const distance = stuffed[at] as number;
		frame[at] = 0;
		if (distance === 0) return [];
		at += distance;
	}
	return frame.slice(1);
}

/** An RS-485 bus with shelf nodes, at the end of a serial cable. */
export class EmulatedShelfBus {
	readonly #cable: SerialCable;
	readonly #nodes = new Map<number, Node>();
	#begun: number[] = [];
	/** The hub hears itself, as with some converters. */
	hasEcho = false;

	constructor(path: string, addresses: number[]) {
		this.#cable = new SerialCable(path, (bytes) => this.#receive(bytes));
		for (const address of addresses) {
			const condition = {
				grams: 0,
				celsius: 4,
				battery: 87,
				isUnstable: false,
				isOver: false,
				isUnder: false,
				isDefect: false,
			};
			this.#nodes.set(address, { condition, misbehaviour: goodNode(), zero: 0, isFresh: true });
		}
	}

	get path(): string {
		return this.#cable.path;
	}

	plugIn(): Promise<void> {
		return this.#cable.plugIn();
	}

	/** Pulls the plug out of the port. */
	unplug(): Promise<void> {
		return this.#cable.unplug();
	}

	set(address: number, change: Partial<NodeCondition>): void {
		const node = this.#node(address);
		node.condition = { ...node.condition, ...change };
	}

	misbehave(address: number, change: Partial<NodeMisbehaviour>): void {
		this.#node(address).misbehaviour = { ...goodNode(), ...change };
	}

	/** Bytes that nobody sent. */
	crackle(bytes: Uint8Array): void {
		this.#cable.send(bytes);
	}

	#node(address: number): Node {
		const node = this.#nodes.get(address);
		if (!node) throw new Error(`no node ${address}`);
		return node;
	}

	#receive(bytes: Uint8Array): void {
		if (this.hasEcho) this.#cable.send(bytes);
		for (const byte of bytes) {
			if (byte !== 0) {
				this.#begun.push(byte);
				continue;
			}
			const frame = unstuff(this.#begun);
			this.#begun = [];
			const [high, low] = checksum(frame.slice(0, -2));
			if (frame.length >= 6 && frame.at(-2) === high && frame.at(-1) === low) this.#take(frame);
		}
	}

	#take([version, address = 0, seq = 0, type]: number[]): void {
		const node = this.#nodes.get(address);
		if (version !== 1 || !node) return;
		if (type === 0x12) this.#answer(node, address, seq, ...this.#measure(node));
		if (type === 0x14) {
			if (node.misbehaviour.refusesTare || node.condition.isUnstable) this.#answer(node, address, seq, 0x11, [1]);
			else {
				node.zero = node.condition.grams;
				this.#answer(node, address, seq, 0x10, []);
			}
		}
	}

	/** A node that has just got its power answers its first poll with who it is. */
	#measure(node: Node): [type: number, payload: number[]] {
		if (node.isFresh) {
			node.isFresh = false;
			return [0x02, [0x53, 0x4e, 0, 0, 0, 0, 0, 0x2a, 1, 4]];
		}
		const { condition } = node;
		const payload = new DataView(new ArrayBuffer(8));
		payload.setInt32(0, condition.grams - node.zero, true);
		const status = [
			condition.isUnstable,
			condition.isOver,
			condition.isUnder,
			condition.isDefect,
			condition.battery < 10,
		];
		payload.setUint16(
			4,
			status.reduce((bits, isSet, bit) => bits + (isSet ? 1 << bit : 0), 0),
			true,
		);
		payload.setInt8(6, condition.celsius);
		payload.setUint8(7, condition.battery);
		return [0x01, [...new Uint8Array(payload.buffer)]];
	}

	#answer(node: Node, address: number, seq: number, type: number, payload: number[]): void {
		const { isMute, lateMs, babbles, collides, misnumbers } = node.misbehaviour;
		if (isMute) return;
		const body = [1, address, misnumbers ? (seq + 100) % 256 : seq, type, ...payload];
		let bytes = Uint8Array.from(stuff([...body, ...checksum(body)]));
		if (babbles) bytes[Math.floor(bytes.length / 2)] = ((bytes[Math.floor(bytes.length / 2)] as number) ^ 0x40) | 0x01;
		// Two drivers on one line: where one sends a low bit, the line is low.
		if (collides)
			bytes = bytes.map((byte, index) => (index === bytes.length - 1 ? 0 : byte & ((index * 37) | 0x81) || 1));
		if (lateMs === 0) this.#cable.send(bytes);
		else setTimeout(() => this.#cable.send(bytes), lateMs);
	}
}

/** Starts a bus whose port appears at `path`. */
export async function startShelfBus({
	path,
	addresses,
}: {
	path: string;
	addresses: number[];
}): Promise<EmulatedShelfBus> {
	const bus = new EmulatedShelfBus(path, addresses);
	await bus.plugIn();
	return bus;
}
