// `npm run test:usb`: checks the links and drivers on a real USB, with the real usb and serialport packages.
// A kernel with USB gadgets is booted in QEMU, on this machine's own files, and runs the checks in tests/usb.
// Plain JS: it runs under whatever Node started npm.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { modules, pinnedNode, root } from "./stamp.js";

const checks = join(root, "tests/usb/run.ts");
const cache = join(modules, ".cache", "usb-guest");
/** What Node makes of the sources: made here, because it takes long on an emulated processor, and now and then fails. */
const compiled = join(modules, ".cache", "usb-guest-compiled");
const GUEST_MINUTES = 10;
/** Once in some thirty starts Node 24 ends like this in QEMU, whatever it runs. Nothing else is tried again. */
const V8_TRIPPED = /Check failed: it->second\.Size\(\) > offset/;
const BOOTS_MAX = 3;

/** Which folders of the kernel's modules the guest can need; together a tenth of them. */
const moduleFolders = [
	"drivers/usb",
	"drivers/virtio",
	"drivers/hid",
	"drivers/input",
	"drivers/tty",
	"drivers/char",
	"fs/9p",
	"fs/netfs",
	"fs/fscache",
	"fs/overlayfs",
	"fs/configfs",
	"net/9p",
	"lib",
];

const say = (words) => console.error(`[usb] ${words}`);

const giveUp = (words, remedy) => {
	say(words);
	if (remedy) say(`Remedy: ${remedy}`);
	process.exit(1);
};

const run = (folder, program, ...words) => {
	const result = spawnSync(program, words, { cwd: folder, encoding: "utf8" });
	return result.status === 0 ? result.stdout : giveUp(`${program} ${words.join(" ")} failed: ${result.stderr}`);
};

/** Debian's newest kernel, unpacked in the cache; downloaded where it isn't there yet. */
const unpackedKernel = () => {
	const depends = spawnSync("apt-cache", ["depends", "linux-image-amd64"], { encoding: "utf8" }).stdout ?? "";
	const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
	if (!name) giveUp("apt knows no kernel (linux-image-amd64).", "apt-get update, on Debian for x64");
	const folder = join(cache, name);
	if (existsSync(join(folder, "initrd.gz"))) return { name, folder };
	say(`downloading and unpacking ${name}: half a minute the first time ...`);
	rmSync(cache, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const download = spawnSync("apt-get", ["download", name], { cwd: folder, encoding: "utf8" });
	if (download.status !== 0)
		giveUp(`the kernel can't be downloaded: ${download.stderr}`, "apt-get update, and a network");
	const [file] = readdirSync(folder).filter((candidate) => candidate.endsWith(".deb"));
	run(folder, "dpkg", "-x", file, "package");
	rmSync(join(folder, file));
	return { name, folder };
};

/** The guest's memory disk: busybox, the modules, and tests/usb/init.sh. */
const buildInitrd = ({ name, folder }) => {
	const version = name.replace("linux-image-", "");
	const disk = mkdtempSync(join(tmpdir(), "usb-guest-"));
	for (const part of ["bin", "proc", "sys", "dev"]) mkdirSync(join(disk, part));
	cpSync("/bin/busybox", join(disk, "bin/busybox"));
	cpSync(join(root, "tests/usb/init.sh"), join(disk, "init"));
	for (const part of moduleFolders) {
		const place = join("lib/modules", version, "kernel", part);
		const source = join(folder, "package", place);
		// Not every kernel has every folder: what is missing says so when it is loaded.
		if (existsSync(source)) cpSync(source, join(disk, place), { recursive: true });
	}
	for (const list of ["modules.builtin", "modules.order"]) {
		const place = join("lib/modules", version, list);
		cpSync(join(folder, "package", place), join(disk, place));
	}
	run(disk, "chmod", "+x", "init", "bin/busybox");
	run(disk, "bin/busybox", "depmod", "-b", disk, version);
	run(disk, "sh", "-c", `find . | cpio -o -H newc --quiet | gzip -1 > '${join(folder, "initrd.gz")}'`);
	rmSync(disk, { recursive: true });
};

const compile = () => {
	const words = ["--input-type=module", "-e", `await import(${JSON.stringify(checks)})`];
	const env = { ...process.env, NODE_COMPILE_CACHE: compiled };
	const { status, stderr } = spawnSync(pinnedNode, words, { cwd: root, env, encoding: "utf8" });
	if (status !== 0) giveUp(`the checks can't be read: ${stderr}`);
};

const boot = ({ name, folder }) => {
	const version = name.replace("linux-image-", "");
	const words = [
		["-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "2048"],
		["-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio"],
		["-kernel", join(folder, "package/boot", `vmlinuz-${version}`), "-initrd", join(folder, "initrd.gz")],
		["-append", `console=ttyS0 quiet panic=-1 project=${root} compiled=${compiled}`],
		["-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"],
	].flat();
	return spawn("qemu-system-x86_64", words, { stdio: ["ignore", "pipe", "inherit"] });
};

/** Boots the guest once and tells what it says; `hasTripped` where V8 gave up on the emulated processor. */
const check = async (kernel) => {
	const guest = boot(kernel);
	guest.on("error", (error) =>
		giveUp(`QEMU can't be started: ${error.message}`, "npm run test:usb, which installs it"),
	);
	const late = setTimeout(() => {
		say(`the guest isn't done after ${GUEST_MINUTES} minutes: it is stopped`);
		guest.kill("SIGKILL");
	}, GUEST_MINUTES * 60_000);
	const outcome = { passed: 0, failed: 0, hasTripped: false };
	let status;
	for await (const line of createInterface({ input: guest.stdout })) {
		const clean = line.replace(/\r/g, "");
		if (/^ok /.test(clean)) outcome.passed++;
		if (/^not ok /.test(clean)) outcome.failed++;
		if (V8_TRIPPED.test(clean)) outcome.hasTripped = true;
		status = /^guest rc (\d+)/.exec(clean)?.[1] ?? status;
		console.log(clean);
	}
	clearTimeout(late);
	// QEMU itself says 0, whatever happened in it.
	if (status !== "0" && outcome.failed === 0) {
		say(status === undefined ? "the guest stopped before it was done" : `the checks ended with ${status}`);
		outcome.failed = 1;
	}
	if (outcome.passed === 0) outcome.failed = Math.max(1, outcome.failed);
	return outcome;
};

if (process.arch !== "x64") giveUp("npm run test:usb runs on x64 only: the guest is this machine's own kind.");
const kernel = unpackedKernel();
buildInitrd(kernel);
compile();
let outcome;
for (let boots = 1; boots <= BOOTS_MAX; boots++) {
	outcome = await check(kernel);
	if (!outcome.hasTripped) break;
	say("V8 tripped over its own code on the emulated processor, which says nothing about USB");
}
console.log(`\n${outcome.passed} passed, ${outcome.failed} failed`);
process.exit(outcome.failed === 0 ? 0 : 1);
