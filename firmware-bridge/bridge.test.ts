import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TryBridge } from "./bridge.testing.ts";
import { receipt } from "./drivers/printers/receipt.testing.ts";
import { type EmulatedPrinter, startPrinter } from "./emulators/escpos.ts";
import { paperText } from "./emulators/paper.ts";
import { type ScaleOnCable, startScale } from "./emulators/scale-on-cable.ts";

let printer: EmulatedPrinter;
let scale: ScaleOnCable<"toledo8217">;
let bridge: TryBridge;

beforeEach(async () => {
	const folder = mkdtempSync(join(tmpdir(), "bridge-"));
	printer = await startPrinter({ port: 0, msPerLine: 2 });
	scale = await startScale({ path: join(folder, "scale"), kind: "toledo8217" });
	bridge = await TryBridge.open(
		`  bonprinter: { driver: escpos, link: "tcp://127.0.0.1:${printer.port}", settings: { answerMs: 1000 } }
  weegschaal: { driver: toledo8217, link: "serial://${scale.path}", settings: { pollMs: 50 } }
  verkeerd: { driver: toledo8217, link: "serial:///dev/x?baud=zeven" }
  onbekend: { driver: telex, link: "tcp://127.0.0.1:1" }
`,
	);
});

afterEach(async () => {
	await bridge[Symbol.asyncDispose]();
	await printer.close();
	await scale.close();
});

test("a command is done and answered, a weight is published, and a mistake in one entry stays with that device", async () => {
	await bridge.online("bonprinter");
	await bridge.online("weegschaal");
	const id = bridge.command("bonprinter", { action: "print", receipt, openDrawer: true });
	expect(await bridge.until(() => bridge.resultOf(id))).toMatchObject({
		device: "bonprinter",
		action: "print",
		status: "done",
	});
	expect(paperText(printer.lastPaper)).toMatch(/TOTAAL +€ 3,74/);
	scale.set({ grams: 456 });
	await bridge.until(() => bridge.readings.some((reading) => "grams" in reading && reading.grams === 456));
	for (const device of ["verkeerd", "onbekend"]) {
		await bridge.until(() => bridge.stateOf(device));
		expect(bridge.stateOf(device)).toMatchObject({ state: "offline", fault: { code: "DEVICE_CONFIG_INVALID" } });
	}
	const refused = bridge.command("verkeerd", { action: "zero" });
	expect(await bridge.until(() => bridge.resultOf(refused))).toMatchObject({
		status: "failed",
		fault: { code: "DEVICE_CONFIG_INVALID" },
	});
});

test("killed while printing: the result says unknown, nothing is printed twice, and the next receipt prints", async () => {
	await bridge.online("bonprinter");
	printer.set({ paperOutAfterLines: 5 });
	const id = bridge.command("bonprinter", { action: "print", receipt });
	await bridge.until(() => bridge.stateOf("bonprinter")?.fault?.code === "PRINTER_PAPER_OUT");
	const next = bridge.command("bonprinter", { action: "print-text", lines: ["de volgende"] });
	await bridge.kill();
	await bridge.until(() => bridge.stateOf("bonprinter")?.fault?.code === "BRIDGE_STOPPED");
	printer.unplug();
	printer.set({ paper: "ok" });
	bridge.start();
	expect(await bridge.until(() => bridge.resultOf(id))).toMatchObject({
		status: "unknown",
		fault: { code: "COMMAND_INTERRUPTED" },
	});
	expect(await bridge.until(() => bridge.resultOf(next))).toMatchObject({ status: "done" });
	expect(printer.papers).toHaveLength(1);
	expect(paperText(printer.lastPaper)).toContain("de volgende");
	expect(bridge.results.filter((result) => result.id === id)).toHaveLength(1);
});

test("commands sent while the bridge is away are done when it is back, unless they have lapsed", async () => {
	await bridge.online("bonprinter");
	await bridge.kill();
	const lapsed = bridge.command(
		"bonprinter",
		{ action: "open-drawer" },
		{ expiresAt: new Date(Date.now() - 1).toISOString() },
	);
	const waiting = bridge.command("bonprinter", { action: "print-text", lines: ["nog niet vergeten"] });
	bridge.start();
	expect(await bridge.until(() => bridge.resultOf(waiting))).toMatchObject({ status: "done" });
	expect(await bridge.until(() => bridge.resultOf(lapsed))).toMatchObject({
		status: "failed",
		fault: { code: "COMMAND_EXPIRED" },
	});
	expect(printer.drawerPulses).toBe(0);
});

test("the same command delivered again, also after a restart, is answered again and not done again", async () => {
	await bridge.online("bonprinter");
	const id = bridge.command("bonprinter", { action: "open-drawer" });
	await bridge.until(() => bridge.resultOf(id));
	await bridge.kill();
	bridge.start();
	bridge.command("bonprinter", { action: "open-drawer" }, { id });
	await bridge.until(() => bridge.results.filter((result) => result.id === id && result.status === "done").length >= 2);
	const last = bridge.command("bonprinter", { action: "print-text", lines: ["klaar"] });
	await bridge.until(() => bridge.resultOf(last));
	expect(printer.drawerPulses).toBe(1);
});

test("a command that waits for its device lapses in time, and one that makes no sense is refused", async () => {
	await bridge.online("bonprinter");
	printer.set({ cover: "open" });
	await bridge.until(() => bridge.stateOf("bonprinter")?.fault?.code === "PRINTER_COVER_OPEN");
	const id = bridge.command(
		"bonprinter",
		{ action: "print-text", lines: ["te laat"] },
		{ expiresAt: new Date(Date.now() + 300).toISOString() },
	);
	expect(await bridge.until(() => bridge.resultOf(id))).toMatchObject({
		status: "failed",
		fault: { code: "COMMAND_EXPIRED" },
	});
	const zero = bridge.command("bonprinter", { action: "zero" });
	expect(await bridge.until(() => bridge.resultOf(zero))).toMatchObject({
		status: "failed",
		fault: { code: "COMMAND_UNKNOWN" },
	});
	printer.set({ cover: "closed" });
	await bridge.online("bonprinter");
	expect(printer.papers).toHaveLength(0);
});

test("garbage from one device, and on its commands, leaves the others at work", async () => {
	await bridge.online("bonprinter");
	await bridge.online("weegschaal");
	scale.misbehave({ babbles: true });
	for (const payload of ["", "{", "[]", "null", '{"id":1}', Buffer.from([0xff, 0xfe])]) {
		bridge.publish("weegschaal", payload);
	}
	await bridge.until(() => bridge.stateOf("weegschaal")?.fault?.code === "DEVICE_GARBLED");
	const id = bridge.command("bonprinter", { action: "print", receipt });
	expect(await bridge.until(() => bridge.resultOf(id))).toMatchObject({ status: "done" });
	scale.misbehave({});
	await bridge.online("weegschaal");
});

test("an unplugged scale and a printer that restarts come back by themselves", async () => {
	await bridge.online("bonprinter");
	await bridge.online("weegschaal");
	await scale.unplug();
	printer.unplug();
	await bridge.until(() => bridge.stateOf("weegschaal")?.state === "offline");
	await bridge.until(
		() => (bridge.stateOf("bonprinter")?.reconnects ?? 0) > 0 && bridge.stateOf("bonprinter")?.state === "online",
	);
	await scale.replug();
	await bridge.online("weegschaal");
	expect(bridge.stateOf("weegschaal")?.reconnects).toBeGreaterThan(0);
});

test("leaves when its hub is gone, and says so in every state", async () => {
	await bridge.online("bonprinter");
	await bridge.leave();
	expect(bridge.stateOf("bonprinter")).toMatchObject({ state: "offline", fault: { code: "BRIDGE_STOPPED" } });
});
