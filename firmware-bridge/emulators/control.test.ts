import { once } from "node:events";
import { mkdtempSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { code128Bars, ean13Bars, ean13Digits } from "./barcodes.ts";
import { startControl } from "./control.ts";
import { startDisplay } from "./displays.ts";
import { startPrinter } from "./escpos.ts";
import { startScale } from "./scale-on-cable.ts";
import { startTerminal } from "./terminal-kinds.ts";

test("a technician sets, spoils and looks at the bench over HTTP", async () => {
	const folder = mkdtempSync(join(tmpdir(), "bench-"));
	const printer = await startPrinter({ port: 0, paperDir: join(folder, "paper") });
	const scale = await startScale({ path: join(folder, "scale"), kind: "cas" });
	const control = await startControl({ port: 0, printer, scale });
	const url = `http://127.0.0.1:${control.port}`;
	const post = (path: string, body: unknown) => fetch(url + path, { method: "POST", body: JSON.stringify(body) });
	await post("/printer", { paper: "near-end" });
	await post("/scale", { grams: 456 });
	expect(await (await fetch(`${url}/printer`)).json()).toMatchObject({ paper: "near-end", papers: 0 });
	expect(await (await fetch(`${url}/scale`)).json()).toMatchObject({ grams: 456 });
	expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
	expect((await post("/scale", [])).status).toBe(400);

	// Example 1 of the protocol sheet, section 8.
	const job =
		"1b401b74131b61011b45011d21114b4153534148554 20a1d21001b45001b6100546f7461616c20d52031392c39350a1b64031d5642001d28480600303030303432";
	const socket = connect(printer.port, "127.0.0.1");
	socket.write(Buffer.from(job.replaceAll(" ", ""), "hex"));
	const [answer] = (await once(socket, "data")) as [Buffer];
	expect(answer.toString("hex")).toBe("37223030343200");
	const text = await (await fetch(`${url}/printer/last.txt`)).text();
	expect(text).toContain("KASSAHUB");
	expect(text).toContain("Totaal € 19,95");
	expect(await (await fetch(`${url}/printer/last.svg`)).text()).toMatch(/^<svg/);
	expect(readdirSync(join(folder, "paper"))).toEqual(["receipt-00001.svg", "receipt-00001.txt"]);
	socket.destroy();
	await control.close();
	await printer.close();
	await scale.close();
});

test.each(["zvt", "opi", "nexo"] as const)(
	"a technician plays the customer at a %s terminal, and pulls its plugs",
	async (kind) => {
		const terminal = await startTerminal(kind, { port: 0, hubPort: 1 });
		const control = await startControl({ port: 0, terminal });
		const url = `http://127.0.0.1:${control.port}`;
		const post = async (path: string, body?: unknown) =>
			(await fetch(url + path, { method: "POST", body: body === undefined ? "" : JSON.stringify(body) })).status;
		expect(await post("/terminal", { does: "decline" })).toBe(200);
		expect(await post("/terminal", { does: "approve-part", amount: 700 })).toBe(200);
		expect(await post("/terminal", { does: "approve-part" })).toBe(400);
		expect(await post("/terminal/misbehave", { how: "silent" })).toBe(200);
		expect(await post("/terminal/misbehave", { how: "rudely" })).toBe(400);
		expect(await post("/terminal/misbehave", {})).toBe(200);
		for (const path of ["unplug", "replug", "power"]) expect(await post(`/terminal/${path}`)).toBe(200);
		expect(await (await fetch(`${url}/terminal`)).json()).toEqual({ url: terminal.url, charges: [] });
		await control.close();
		await terminal.close();
	},
);

test("a technician reads the customer's display, and switches it off and on", async () => {
	const display = await startDisplay({ path: join(mkdtempSync(join(tmpdir(), "bench-")), "display"), kind: "cd5220" });
	const control = await startControl({ port: 0, display });
	const url = `http://127.0.0.1:${control.port}/display`;
	display.receive(Buffer.from("0c1b5142544f5441414c0d", "hex"));
	expect(await (await fetch(url)).json()).toEqual({ lines: ["".padEnd(20), "TOTAAL".padEnd(20)] });
	await fetch(`${url}/power`, { method: "POST" });
	expect(await (await fetch(url)).json()).toEqual({ lines: ["".padEnd(20), "".padEnd(20)] });
	await control.close();
	await display.close();
});

test("bars are those of the standards", () => {
	expect(ean13Digits("871234500001")).toBe("8712345000011");
	// EAN-13 4006381333931, the standard's usual example.
	expect(ean13Bars("4006381333931")).toBe(
		"10100011010100111010111101111010001001011001101010100001010000101000010111010010000101100110101",
	);
	expect(ean13Bars("8712345000011")).toHaveLength(95);
	// Start B, A, check symbol 34, stop.
	expect(code128Bars("A")).toBe("11010010000" + "10100011000" + "10001011000" + "1100011101011");
	expect(code128Bars("Kassa-1")).toHaveLength(11 * 9 + 13);
});
