import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openPglite } from "./pglite.ts";

test("books that another process holds are waited for, and there after its kill -9", async () => {
	const folder = mkdtempSync(join(tmpdir(), "kassahub-books-"));
	const directory = join(folder, "books");
	const program = `
		const { openPglite } = await import(${JSON.stringify(join(import.meta.dirname, "pglite.ts"))});
		const books = await openPglite(${JSON.stringify(directory)});
		await books.run("create table kept (row int); insert into kept values (4711)");
		process.stdout.write("kept");
		setInterval(() => undefined, 1000);
	`;
	const other = spawn(process.execPath, ["--input-type=module", "--eval", program], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	await once(other.stdout, "data");
	other.kill("SIGKILL");
	// The lock goes with the process, so this may begin before it is quite gone.
	const books = await openPglite(directory);
	expect(await books.query("select row from kept")).toEqual([{ row: 4711 }]);
	await books.close();
	rmSync(folder, { recursive: true });
});
