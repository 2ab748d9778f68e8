import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sale } from "@kassahub/contracts/sale.ts";
import { uuidv7 } from "uuidv7";
import { Books } from "../hub/books/books.ts";

/**
 * Sales per second through the books alone: checks, hash chain, fsync and shop state, without a broker before it.
 * Usage: node bench/books-thread.ts [seconds a step]. Prints one line of JSON a step.
 */
const SECONDS = Number(process.argv[2] ?? 2);

const payloadOf = (): Uint8Array => {
	const lines: Sale["lines"] = Array.from({ length: 3 }, (_, index) => ({
		sku: `40${index}2`,
		name: "Elstar appels",
		quantity: 1250,
		unit: "kg",
		unitPrice: 299,
		vatRate: 900,
		total: 374,
	}));
	const sale: Sale = {
		id: uuidv7(),
		register: "kassa-1",
		at: "2026-11-23T10:15:00.000+01:00",
		lines,
		payments: [{ method: "cash", amount: 1120, tendered: 1200, change: 80 }],
		rounding: -2,
		total: 1122,
	};
	return Buffer.from(JSON.stringify(sale));
};

async function measure(inFlight: number): Promise<void> {
	const dataDir = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "kassahub-bench-"));
	const books = await Books.open({ dataDir });
	for (let index = 0; index < 3; index++) {
		const sku = `40${index}2`;
		const product = { sku, name: "Elstar appels", group: "fruit", unit: "kg", unitPrice: 299, vatRate: 900 };
		await books.submit({
			kind: "product",
			source: "hub",
			register: null,
			topic: "",
			payload: Buffer.from(JSON.stringify(product)),
		});
	}
	const payloads = Array.from({ length: SECONDS * (inFlight === 1 ? 10_000 : 150_000) }, payloadOf);
	const latencies: number[] = [];
	let next = 0;
	const endMs = performance.now() + SECONDS * 1000;
	const start = performance.now();
	const startCpu = process.threadCpuUsage();
	const sell = async (): Promise<void> => {
		while (performance.now() < endMs) {
			const payload = payloads[next++];
			if (payload === undefined) return;
			const sentMs = performance.now();
			await books.submit({
				kind: "sale",
				source: "register:kassa-1",
				register: "kassa-1",
				topic: "kassahub/registers/kassa-1/sales",
				payload,
			});
			latencies.push(performance.now() - sentMs);
		}
	};
	await Promise.all(Array.from({ length: inFlight }, sell));
	const elapsedMs = performance.now() - start;
	const cpu = process.threadCpuUsage(startCpu);
	await books.close();
	rmSync(dataDir, { recursive: true });
	latencies.sort((a, b) => a - b);
	const at = (share: number): number =>
		Math.round((latencies[Math.floor(latencies.length * share)] ?? 0) * 1000) / 1000;
	console.log(
		JSON.stringify({
			inFlight,
			salesPerSecond: Math.round((latencies.length / elapsedMs) * 1000),
			p50Ms: at(0.5),
			p99Ms: at(0.99),
			mainThreadMicrosPerSale: Math.round(((cpu.user + cpu.system) / latencies.length) * 10) / 10,
			bytes: payloads[0]?.byteLength,
		}),
	);
}

for (const inFlight of [1, 20, 640]) await measure(inFlight);
