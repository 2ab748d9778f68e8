import { EmulatedCas } from "./cas.ts";
import { EmulatedDialog06 } from "./dialog06.ts";
import { EmulatedMtSics } from "./mt-sics.ts";
import { EmulatedNci } from "./nci.ts";
import { SerialCable } from "./pty.ts";
import { EmulatedToledo8217 } from "./toledo8217.ts";

/** Every scale that can hang on the cable, by the name of its driver. */
const scales = {
	toledo8217: EmulatedToledo8217,
	dialog06: EmulatedDialog06,
	"mt-sics": EmulatedMtSics,
	cas: EmulatedCas,
	nci: EmulatedNci,
};
export type ScaleKind = keyof typeof scales;

export const isScaleKind = (name: string): name is ScaleKind => Object.hasOwn(scales, name);

type Cable = {
	path: string;
	/** Pulls the plug out of the port. */
	unplug(): Promise<void>;
	/** Puts it back in. */
	replug(): Promise<void>;
	close(): Promise<void>;
};

export type ScaleOnCable<K extends ScaleKind = ScaleKind> = InstanceType<(typeof scales)[K]> & Cable;

/** Starts a scale at the end of a serial cable whose port appears at `path`. */
export async function startScale<K extends ScaleKind>({
	path,
	kind,
}: {
	path: string;
	kind: K;
}): Promise<ScaleOnCable<K>> {
	const scale = new scales[kind]((bytes) => cable.send(bytes)) as InstanceType<(typeof scales)[K]>;
	const cable: SerialCable = new SerialCable(path, (bytes) => scale.receive(bytes));
	await cable.plugIn();
	return Object.assign(scale, {
		path,
		unplug: () => cable.unplug(),
		replug: () => cable.plugIn(),
		close: () => cable.unplug(),
	});
}
