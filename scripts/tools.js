// The programs that tests and benchmarks run against, and the Debian packages they come in.
// Plain JS: it runs under whatever Node started npm.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin", "/sbin"];
const isOnPath = (program) => folders.some((folder) => existsSync(join(folder, program)));

// Debian keeps the server's programs out of PATH, one folder a version.
const hasPostgres = () =>
	isOnPath("initdb") ||
	(existsSync("/usr/lib/postgresql") &&
		readdirSync("/usr/lib/postgresql").some((version) => existsSync(`/usr/lib/postgresql/${version}/bin/initdb`)));

const forTests = [
	{ name: "mosquitto", isHere: () => isOnPath("mosquitto"), services: ["mosquitto"] },
	{ name: "mosquitto-clients", isHere: () => isOnPath("mosquitto_pub") },
	{ name: "postgresql", isHere: hasPostgres, services: ["postgresql"] },
	{ name: "chromium", isHere: () => isOnPath("chromium") },
	{ name: "strace", isHere: () => isOnPath("strace") },
	{ name: "openssl", isHere: () => isOnPath("openssl") },
	// Another machine on the network, for tests of what it may reach.
	{ name: "iproute2", isHere: () => isOnPath("ip") },
	// NFC readers: what the module for them is compiled with, the program that reaches them, and a reader of none.
	{ name: "g++", isHere: () => isOnPath("g++") },
	{ name: "make", isHere: () => isOnPath("make") },
	{ name: "libpcsclite-dev", isHere: () => existsSync("/usr/include/PCSC/winscard.h") },
	{ name: "pcscd", isHere: () => isOnPath("pcscd"), services: ["pcscd.socket", "pcscd"] },
	{ name: "vsmartcard-vpcd", isHere: () => existsSync("/usr/lib/pcsc/drivers/serial/libifdvpcd.so") },
];
const forBench = [
	...forTests,
	{ name: "rabbitmq-server", isHere: () => isOnPath("rabbitmq-server"), services: ["rabbitmq-server"] },
];

// A guest with a real USB. Its memory disk has no libraries, so its busybox has to be the static one.
const forUsb = [
	{ name: "qemu-system-x86", isHere: () => isOnPath("qemu-system-x86_64") },
	{ name: "busybox-static", isHere: () => existsSync("/usr/share/doc/busybox-static") },
	{ name: "cpio", isHere: () => isOnPath("cpio") },
	{ name: "udev", isHere: () => existsSync("/lib/systemd/systemd-udevd") },
];
const toolsFor = { test: forTests, bench: forBench, "test:usb": forUsb };

/** The packages missing for `purpose`: "test", "bench" or "test:usb", as npm runs them. */
export const missingPackages = (purpose) => toolsFor[purpose].filter((tool) => !tool.isHere());

export const installCommand = (packages) =>
	`apt-get update && apt-get install -y --no-install-recommends ${packages.map((tool) => tool.name).join(" ")}`;

export const canInstall = () => process.getuid?.() === 0 && isOnPath("apt-get");

/** Installs them by apt; false when apt failed, after its own words on stderr. */
export const installPackages = (packages) => {
	const apt = spawnSync("sh", ["-c", installCommand(packages)], {
		// On standard output apt names every file that it unpacks; what goes wrong is on the other.
		stdio: ["ignore", "ignore", 2],
		env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
	});
	if (apt.status !== 0) return false;
	// Debian starts a server when it installs one. Tests start their own, and mosquitto's would keep 1883 from the shop.
	const [stop, ...flags] = existsSync("/run/systemd/system") ? ["systemctl", "disable", "--now"] : ["service"];
	for (const service of packages.flatMap(({ services }) => services ?? [])) {
		spawnSync(stop, flags.length > 0 ? [...flags, service] : [service, "stop"], { stdio: "ignore" });
	}
	return true;
};
