import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verifyJournal } from "../journal/verify.ts";
import { Books } from "./books.ts";
import { saleFrom, submitSale, temporaryDir } from "./fixture.ts";

/** A file system of its own that can really be full. Mounting one takes root, as CI and containers have. */
function smallDisk(path: string): Disposable {
	execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", path]);
	return { [Symbol.dispose]: () => execFileSync("umount", ["-l", path]) };
}

/** Leaves no byte free. */
function fill(file: string): void {
	for (const size of [4096, 1]) {
		try {
			for (;;) writeFileSync(file, Buffer.alloc(size), { flag: "a" });
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
		}
	}
}

test("a full disk acknowledges nothing, raises one alarm, and sells on by itself when space returns", async () => {
	using dir = temporaryDir();
	using _disk = smallDisk(dir.path);
	const books = await Books.open({ dataDir: dir.path });
	const alarms: string[] = [];
	books.on("unwritable", ({ code }) => alarms.push(code));
	const acknowledged = [];
	const sale = saleFrom("kassa-1");
	acknowledged.push(await books.submit(submitSale(sale)));
	fill(join(dir.path, "filler"));
	let refusal: unknown;
	while (refusal === undefined) {
		const outcomes = await Promise.allSettled(
			Array.from({ length: 50 }, () => books.submit(submitSale(saleFrom("kassa-1")))),
		);
		for (const outcome of outcomes) {
			if (outcome.status === "fulfilled") acknowledged.push(outcome.value);
			else refusal = outcome.reason;
		}
	}
	expect(refusal).toMatchObject({ name: "JournalError", code: "JOURNAL_DISK_FULL" });
	const lost = saleFrom("kassa-1");
	await expect(books.submit(submitSale(lost))).rejects.toMatchObject({ code: "JOURNAL_DISK_FULL" });
	// What is booked can still be asked, and redelivered.
	expect(await books.entry(sale.id)).toMatchObject({ number: 1 });
	expect(await books.submit(submitSale(sale))).toMatchObject({ status: "booked", booking: { duplicate: true } });
	expect(alarms).toEqual(["JOURNAL_DISK_FULL"]);
	expect(books.head().number).toBe(acknowledged.length);
	const writable = once(books, "writable");
	rmSync(join(dir.path, "filler"));
	await writable;
	expect(await books.submit(submitSale(lost))).toMatchObject({
		status: "booked",
		booking: { number: acknowledged.length + 1, duplicate: false },
	});
	expect(await books.rebuild()).toEqual({ entries: acknowledged.length + 1, same: true });
	await books.close();
	expect(verifyJournal(join(dir.path, "journal.db"))).toMatchObject({ entries: acknowledged.length + 1, faults: [] });
});
