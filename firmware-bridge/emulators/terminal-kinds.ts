import { EmulatedNexo } from "./nexo.ts";
import { EmulatedOpi } from "./opi.ts";
import type { TerminalOnBench } from "./terminal-on-bench.ts";
import { startZvtOnTcp } from "./zvt-on-bench.ts";

type Ports = { port: number; hubPort: number };

const starters = {
	zvt: ({ port }: Ports): Promise<TerminalOnBench> => startZvtOnTcp({ port }),
	opi: ({ port, hubPort }: Ports): Promise<TerminalOnBench> =>
		new EmulatedOpi({ host: "127.0.0.1", port: hubPort }).listen(port),
	nexo: ({ port }: Ports): Promise<TerminalOnBench> => new EmulatedNexo().listen(port),
};
export type TerminalKind = keyof typeof starters;

export const isTerminalKind = (kind: string): kind is TerminalKind => kind in starters;

/** Starts a terminal of a kind on `port`; `hubPort` is where one that dials the hub finds it. */
export const startTerminal = (kind: TerminalKind, ports: Ports): Promise<TerminalOnBench> => starters[kind](ports);
