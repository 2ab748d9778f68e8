import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * An input device made of a FIFO, for machines without a kernel that has any. A FIFO knows no EVIOCGRAB, so Perl is
 * told to find every ioctl done, and to write down which were asked: PERL5OPT reaches the bridge's own program.
 */
const PRETENCE = `package Pretence;
BEGIN {
	*CORE::GLOBAL::ioctl = sub (*$$) {
		open my $log, ">>", $ENV{KASSAHUB_IOCTLS};
		printf $log "%08x %s\\n", $_[1], $_[2] =~ /^[0-9]+$/ ? $_[2] : unpack("H*", $_[2]);
		return 1;
	};
}
1;
`;

export type InputDevice = {
	path: string;
	send(bytes: Uint8Array): void;
	/** What was asked by ioctl so far: request in hex, and argument, in hex where it is a buffer. */
	readonly ioctls: string[];
	unplug(): void;
};

export function plugInInputDevice(): InputDevice {
	const folder = mkdtempSync(join(tmpdir(), "input-"));
	const path = join(folder, "event0");
	const log = join(folder, "ioctls");
	execFileSync("mkfifo", [path]);
	writeFileSync(join(folder, "Pretence.pm"), PRETENCE);
	writeFileSync(log, "");
	process.env.PERL5OPT = `-I${folder} -MPretence`;
	process.env.KASSAHUB_IOCTLS = log;
	// Open both ways, so that neither side waits for the other.
	const fifo = openSync(path, "r+");
	return {
		path,
		send: (bytes) => void writeSync(fifo, bytes),
		get ioctls() {
			return readFileSync(log, "utf8").split("\n").filter(Boolean);
		},
		unplug: () => {
			closeSync(fifo);
			rmSync(folder, { recursive: true });
			delete process.env.PERL5OPT;
			delete process.env.KASSAHUB_IOCTLS;
		},
	};
}
