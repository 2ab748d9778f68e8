import { globSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { TryBridge } from "./bridge.testing.ts";
import { ntag213 } from "./emulators/card.ts";
import { EmulatedReaders } from "./emulators/pcsc.ts";
import { type ScannerOnCable, startSerialScanner } from "./emulators/serial-scanner.ts";

const readers = new EmulatedReaders();
let scanner: ScannerOnCable;
let bridge: TryBridge;

afterEach(async () => {
	await bridge[Symbol.asyncDispose]();
	await scanner.unplug();
	await readers.close();
});

test("scans and badges reach the registers; pcscd gone harms the NFC reader only, and it comes back by itself", async () => {
	await readers.start();
	scanner = await startSerialScanner({ path: join(mkdtempSync(join(tmpdir(), "scanner-")), "port") });
	bridge = await TryBridge.open(
		`  scanner: { driver: scanner, link: "serial://${scanner.path}", settings: { rules: [29IIIIIWWWWWC] } }
  badgelezer: { driver: pcsc, link: "pcsc://ACR122U", settings: { debounceMs: 0 } }
  tweede: { driver: pcsc, link: "pcsc://Omnikey" }
`,
	);
	const read = (device: string, field: string, value: unknown) =>
		bridge.until(() =>
			bridge.readings.find((reading) => reading.device === device && Reflect.get(reading, field) === value),
		);

	await bridge.online("scanner");
	await bridge.online("badgelezer");
	expect(bridge.stateOf("badgelezer")?.model).toBe(readers.names[0]);
	await bridge.until(() => bridge.stateOf("tweede")?.fault?.code === "DEVICE_UNREACHABLE");
	scanner.scan("E0", "8712345000011");
	await read("scanner", "gtin", "08712345000011");
	scanner.scan("E0", "2912345004569");
	await read("scanner", "grams", 456);
	await readers.hold(ntag213({ data: "030DD1010954026E6C4B6173736131FE" }));
	expect(await read("badgelezer", "text", "Kassa1")).toMatchObject({ type: "tag", uid: "04a1b2c3d4e580" });

	await readers.stop();
	await bridge.until(() => bridge.stateOf("badgelezer")?.fault?.code === "NFC_PCSCD_AWAY");
	expect(bridge.readings.findLast(({ device }) => device === "badgelezer")).toMatchObject({ isPresent: false });
	scanner.scan("E0", "5449000000996");
	await read("scanner", "gtin", "05449000000996");
	await readers.start();
	await bridge.online("badgelezer");
	await readers.hold(ntag213({ uid: "04112233445566" }));
	await read("badgelezer", "uid", "04112233445566");
	expect(bridge.states.filter(({ device, state }) => device === "scanner" && state === "offline")).toEqual([]);

	const kept = globSync("**/*", { cwd: bridge.folder, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
		.join();
	expect(kept).toContain('"asks":"UID"');
	expect(kept).not.toMatch(/04a1b2c3d4e580|04112233445566/i);
});
