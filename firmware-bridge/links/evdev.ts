import { spawn } from "node:child_process";
import { DeviceError } from "../fault.ts";
import { Inbox } from "./inbox.ts";
import type { Link, Tap } from "./link.ts";

/**
 * Node has no ioctl and would block a thread of its pool on such a file, so Perl, which is on every Debian, holds the
 * device: it takes it for itself (EVIOCGRAB, linux/input.h), asks for times by a clock that nobody sets (EVIOCSCLOCKID),
 * says that it holds it, and passes on what it reads. It ends with its parent, however that ends: standard input closes.
 */
const HOLDER = `
use strict;
my ($path) = @ARGV;
sub leave { syswrite STDERR, $_[0]; exit 1 }
sysopen(my $device, $path, 0) or leave("open: $!");
ioctl($device, 0x40044590, 1) or leave("grab: $!");
my $monotonic = pack("i", 1);
ioctl($device, 0x400445a0, $monotonic);
syswrite STDERR, "held";
while (1) {
	my $wanted = "";
	vec($wanted, 0, 1) = 1;
	vec($wanted, fileno($device), 1) = 1;
	select(my $readable = $wanted, undef, undef, undef);
	if (vec($readable, 0, 1)) { exit 0 unless sysread(STDIN, my $nothing, 64) }
	next unless vec($readable, fileno($device), 1);
	my $count = sysread($device, my $events, 4096);
	leave(defined $count ? "read: end of file" : "read: $!") unless $count;
	syswrite(STDOUT, $events) == $count or exit 1;
}
`;

/**
 * Takes an input device for this bridge alone, so that what a scanner types reaches no console. The bytes are the
 * kernel's `struct input_event`s. Throws DEVICE_UNREACHABLE where it cannot be opened, SCANNER_NOT_GRABBED where it
 * cannot be had alone.
 */
export function openEvdev({ path }: { path: string }, tap: Tap): Promise<Link> {
	return new Promise((resolve, reject) => {
		const holder = spawn("perl", ["-e", HOLDER, path], { env: { ...process.env, LC_ALL: "C" } });
		const inbox = new Inbox();
		let words = "";
		let reason: string | undefined;
		const gone = new Promise<DeviceError>((tell) => {
			holder.once("error", (error) => {
				reason ??= error.message;
			});
			holder.once("close", () => {
				const error = deviceError(reason ?? (words.replace("held", "") || "the program that holds it ended"), path);
				tell(error);
				reject(error);
			});
		});
		holder.stdin.on("error", () => undefined);
		holder.stdout.on("data", (bytes: Uint8Array) => {
			tap("in", bytes);
			inbox.put(bytes);
		});
		holder.stderr.on("data", (bytes: Buffer) => {
			words += bytes;
			if (words !== "held") return;
			resolve({
				gone,
				listen: (receive) => inbox.listen(receive),
				write: () => Promise.reject(new DeviceError("COMMAND_UNKNOWN", "an input device takes no bytes")),
				close: async () => {
					reason ??= "closed";
					holder.stdin.end();
					await gone;
				},
			});
		});
	});
}

function deviceError(words: string, path: string): DeviceError {
	if (words.startsWith("grab:")) return new DeviceError("SCANNER_NOT_GRABBED", `${path}: ${words}`);
	const advice = words.includes("Permission denied") ? " (is the hub's user in group input?)" : "";
	return new DeviceError("DEVICE_UNREACHABLE", `${path}: ${words}${advice}`);
}
