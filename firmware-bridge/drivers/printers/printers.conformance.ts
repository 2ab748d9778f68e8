import { once } from "node:events";
import type { Command } from "@kassahub/contracts/command.ts";
import type { Receipt } from "@kassahub/contracts/receipt.ts";
import type { TObject } from "typebox";
import { uuidv7 } from "uuidv7";
import { afterEach, describe, expect, test } from "vitest";
import { paperText } from "../../emulators/paper.ts";
import type { PrinterBody, PrinterOptions } from "../../emulators/printer-body.ts";
import type { Link } from "../../links/link.ts";
import { type Connected as ConnectedDevice, converse } from "../connected.testing.ts";
import type { Driver, Outcome } from "../driver.ts";
import { jobOnPaper } from "../witness.ts";
import { receipt } from "./receipt.testing.ts";

type PrinterAction =
	| { action: "print"; receipt: Receipt; openDrawer?: boolean }
	| { action: "print-text"; lines: string[] }
	| { action: "open-drawer" | "self-test" };

type Connected = ConnectedDevice<"bytes"> & {
	printer: PrinterBody;
	perform(action: PrinterAction): Promise<Outcome>;
};

/** A printer with its cable in, and the way to it. */
export type PrinterBench = {
	printer: PrinterBody;
	open(): Promise<Link>;
	/** Pulls the cable out and, where it has to be done, puts it in again. */
	pull(): Promise<void>;
	restore(): Promise<void>;
	close(): Promise<void>;
};

/** What every printer driver must hold to, over each of its links, against its emulator. */
export function conformPrinter(
	driver: Driver<TObject, "bytes">,
	over: string,
	settings: Record<string, unknown>,
	start: (options: PrinterOptions) => Promise<PrinterBench>,
): void {
	describe(`${driver.name} over ${over}`, () => {
		const started: PrinterBench[] = [];

		async function startBench(options: PrinterOptions = {}): Promise<PrinterBench> {
			const bench = await start(options);
			started.push(bench);
			return bench;
		}

		async function connect(bench: PrinterBench): Promise<Connected> {
			const connected = await converse(driver, await bench.open(), settings);
			const perform = (action: PrinterAction): Promise<Outcome> =>
				connected.session.perform({ id: uuidv7(), at: new Date().toISOString(), ...action } as Command, jobOnPaper());
			return { printer: bench.printer, perform, ...connected };
		}

		const startAndConnect = async (options: PrinterOptions = {}): Promise<Connected> =>
			connect(await startBench(options));

		afterEach(async () => {
			for (const bench of started.splice(0)) await bench.close();
		});

		test("prints a receipt, opens the drawer with it, and says so when it is on paper", async () => {
			const { printer, perform } = await startAndConnect();
			expect(await perform({ action: "print", receipt, openDrawer: true })).toEqual({ status: "done" });
			expect(printer.papers).toHaveLength(1);
			expect(paperText(printer.lastPaper)).toMatch(/TOTAAL +€ 3,74/);
			expect(printer.drawerPulses).toBe(1);
			expect(await perform({ action: "print-text", lines: ["Dag!"] })).toEqual({ status: "done" });
			expect(paperText(printer.lastPaper)).toBe("Dag!\n[partial cut]\n");
		});

		test("paper that runs out within a receipt: the receipt is whole when a new roll is in", async () => {
			const { printer, witness, perform } = await startAndConnect();
			printer.set({ paperOutAfterLines: 8 });
			const printing = perform({ action: "print", receipt });
			const condition = await witness.untilCondition(({ state }) => state === "degraded");
			expect(condition).toMatchObject({ fault: { code: "PRINTER_PAPER_OUT" }, paper: "out" });
			expect(printer.papers).toHaveLength(0);
			printer.set({ paper: "ok" });
			expect(await printing).toEqual({ status: "done" });
			await witness.untilCondition(({ state }) => state === "online");
			expect(printer.papers).toHaveLength(1);
			expect(paperText(printer.lastPaper)).toMatch(/TOTAAL +€ 3,74/);
		});

		test("the drawer opens while a receipt waits for paper", async () => {
			const { printer, witness, perform } = await startAndConnect();
			printer.set({ paperOutAfterLines: 3 });
			const printing = perform({ action: "print", receipt });
			await witness.untilCondition(({ state }) => state === "degraded");
			expect(await perform({ action: "open-drawer" })).toMatchObject({ status: "done" });
			expect(printer.drawerPulses).toBe(1);
			expect(await perform({ action: "self-test" })).toMatchObject({
				status: "failed",
				fault: { code: "PRINTER_PAPER_OUT" },
			});
			printer.set({ paper: "ok" });
			expect(await printing).toEqual({ status: "done" });
		});

		test.each([
			["an open cover", { cover: "open" }, { cover: "closed" }, "PRINTER_COVER_OPEN"],
			["an empty roll", { paper: "out" }, { paper: "ok" }, "PRINTER_PAPER_OUT"],
			["a stuck cutter", { cutter: "stuck" }, { cutter: "ok" }, "PRINTER_CUTTER"],
			["a fatal error", { hasFatalError: true }, { hasFatalError: false }, "PRINTER_ERROR"],
			["the off-line button", { isOffline: true }, { isOffline: false }, "PRINTER_OFFLINE"],
		] as const)("%s shows in the state and passes", async (_, ill, well, code) => {
			const { printer, witness } = await startAndConnect();
			printer.set(ill);
			const condition = await witness.untilCondition(({ state }) => state === "degraded");
			expect(condition.fault?.code).toBe(code);
			printer.set(well);
			await witness.untilCondition(({ state }) => state === "online");
		});

		test("a printer that tells nothing by itself is found out by asking", async () => {
			const { printer, witness, perform } = await startAndConnect({ model: { knowsStatusBack: false } });
			printer.set({ paperOutAfterLines: 4 });
			const printing = perform({ action: "print", receipt });
			await witness.untilCondition(({ fault }) => fault?.code === "PRINTER_PAPER_OUT");
			printer.set({ paper: "ok" });
			expect(await printing).toEqual({ status: "done" });
		});

		test("a roll that is nearly empty is told, and prints", async () => {
			const { printer, witness, perform } = await startAndConnect();
			printer.set({ paper: "near-end" });
			expect(await witness.untilCondition(({ paper }) => paper === "near-end")).toMatchObject({ state: "online" });
			expect(await perform({ action: "self-test" })).toEqual({ status: "done" });
		});

		test("a cable pulled while printing: the result is unknown, and the next receipt prints on the next connection", async () => {
			const bench = await startBench({ msPerLine: 5 });
			const { printer, link, perform } = await connect(bench);
			const printing = perform({ action: "print", receipt });
			await once(printer, "printed");
			await bench.pull();
			expect(await printing).toMatchObject({ status: "unknown", fault: { code: "PRINT_UNCONFIRMED" } });
			expect(printer.papers).toHaveLength(0);
			await link.gone;
			await link.close();
			await bench.restore();
			const again = await connect(bench);
			expect(await again.perform({ action: "print", receipt })).toEqual({ status: "done" });
		});

		test("a connection dropped in the middle of a job is unknown, never done", async () => {
			const { printer, perform } = await startAndConnect();
			expect(await perform({ action: "print-text", lines: ["eerst"] })).toEqual({ status: "done" });
			printer.misbehave({ dropsAfterBytes: 100 });
			expect(await perform({ action: "print", receipt })).toMatchObject({ status: "unknown" });
			expect(printer.papers).toHaveLength(1);
		});

		test.each([
			["a mute printer", { isMute: true }, "DEVICE_UNREACHABLE"],
			["a babbling printer", { babbles: true }, "DEVICE_GARBLED"],
		])("%s is not taken for a working one", async (_, misbehaviour, code) => {
			const bench = await startBench();
			bench.printer.misbehave(misbehaviour);
			await expect(connect(bench)).rejects.toMatchObject({ code });
		});

		test("a printer that falls silent while printing is given up, and the receipt is unknown", async () => {
			const { printer, link, watching, perform } = await startAndConnect();
			await perform({ action: "print-text", lines: ["eerst"] });
			printer.misbehave({ isMute: true });
			const printing = perform({ action: "print", receipt });
			await expect(watching).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
			await link.close();
			expect(await printing).toMatchObject({ status: "unknown", fault: { code: "PRINT_UNCONFIRMED" } });
		});

		test("another job's confirmation is not taken for this one's", async () => {
			const { printer, perform } = await startAndConnect();
			await perform({ action: "print-text", lines: ["eerst"] });
			printer.misbehave({ answersWrongly: true });
			expect(await perform({ action: "print", receipt })).toMatchObject({ status: "unknown" });
		});

		test("a printer without process ids says less, one without any word leaves it unknown", async () => {
			const clone = await startAndConnect({ model: { knowsProcessId: false } });
			expect(await clone.perform({ action: "print", receipt })).toMatchObject({
				status: "done",
				detail: expect.any(String),
			});
			const simple = await startAndConnect({ model: { knowsProcessId: false, knowsPaperStatus: false } });
			expect(await simple.perform({ action: "print", receipt })).toMatchObject({
				status: "unknown",
				fault: { code: "PRINT_UNCONFIRMED" },
			});
			if (simple.printer.papers.length === 0) await once(simple.printer, "cut");
			expect(simple.printer.papers).toHaveLength(1);
		});
	});
}
