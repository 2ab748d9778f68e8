import type { Misbehaviour } from "./misbehaviour.ts";
import { SerialCable } from "./pty.ts";
import { EmulatedScale, type ScaleCondition } from "./toledo8217.ts";

export type ScaleOnCable = {
	path: string;
	readonly condition: ScaleCondition & { tareGrams: number };
	set(change: Partial<ScaleCondition>): void;
	misbehave(change: Partial<Misbehaviour>): void;
	/** Pulls the plug out of the port. */
	unplug(): Promise<void>;
	/** Puts it back in. */
	replug(): Promise<void>;
	close(): Promise<void>;
};

/** Starts a scale at the end of a serial cable whose port appears at `path`. */
export async function startScale({ path }: { path: string }): Promise<ScaleOnCable> {
	const scale: EmulatedScale = new EmulatedScale((bytes) => cable.send(bytes));
	const cable: SerialCable = new SerialCable(path, (bytes) => scale.receive(bytes));
	await cable.plugIn();
	return {
		path,
		get condition() {
			return scale.condition;
		},
		set: (change) => scale.set(change),
		misbehave: (change) => scale.misbehave(change),
		unplug: () => cable.unplug(),
		replug: () => cable.plugIn(),
		close: () => cable.unplug(),
	};
}
