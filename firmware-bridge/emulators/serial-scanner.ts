import { SerialCable } from "./pty.ts";

/** How a scanner is set up, by the codes in its manual. */
export type ScannerSetup = { suffix: string; sendsAim: boolean };

/** How an emulated scanner misbehaves, on command. All off by default. */
export type ScannerMisbehaviour = {
	/** Sends the first half of a code and nothing behind it. */
	cutsOff: boolean;
	/** Sends every code twice, as when it stays in the beam. */
	stutters: boolean;
	/** Gets the last digit wrong: noise on the line. */
	garblesLastDigit: boolean;
	/** Sends 5000 bytes without an end. */
	rambles: boolean;
	/** Rests this long in the middle of a code. */
	restsMs: number;
};

const goodBehaviour = (): ScannerMisbehaviour => ({
	cutsOff: false,
	stutters: false,
	garblesLastDigit: false,
	rambles: false,
	restsMs: 0,
});

export type ScannerOnCable = {
	path: string;
	set(change: Partial<ScannerSetup>): void;
	misbehave(change: Partial<ScannerMisbehaviour>): void;
	/** Reads a code: its AIM identifier without the bracket (ISO/IEC 15424), and what is printed. */
	scan(aim: string, text: string): void;
	unplug(): Promise<void>;
	replug(): Promise<void>;
};

/** Starts a barcode scanner at the end of a serial cable whose port appears at `path`. */
export async function startSerialScanner({ path }: { path: string }): Promise<ScannerOnCable> {
	const cable = new SerialCable(path, () => undefined);
	await cable.plugIn();
	let setup: ScannerSetup = { suffix: "\r\n", sendsAim: true };
	let misbehaviour = goodBehaviour();

	const scan = (aim: string, text: string): void => {
		const { cutsOff, stutters, garblesLastDigit, rambles, restsMs } = misbehaviour;
		const read = garblesLastDigit ? text.slice(0, -1) + ((Number(text.at(-1)) + 1) % 10) : text;
		const sent = Buffer.from(`${setup.sendsAim ? `]${aim}` : ""}${read}${setup.suffix}`);
		const half = Math.floor(sent.length / 2);
		if (rambles) cable.send(Buffer.alloc(5000, "7"));
		else if (cutsOff) cable.send(sent.subarray(0, half));
		else if (restsMs > 0) {
			cable.send(sent.subarray(0, half));
			setTimeout(() => cable.send(sent.subarray(half)), restsMs);
		} else cable.send(stutters ? Buffer.concat([sent, sent]) : sent);
	};
	return {
		path,
		set: (change) => {
			setup = { ...setup, ...change };
		},
		misbehave: (change) => {
			misbehaviour = { ...goodBehaviour(), ...change };
		},
		scan,
		unplug: () => cable.unplug(),
		replug: () => cable.plugIn(),
	};
}
