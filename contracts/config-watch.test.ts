import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, type watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ConfigWatch, type WatchOptions } from "./config-watch.ts";

const named = (name: string): string => `shop: { id: winkel, name: ${name} }\n`;
const folder = (): string => mkdtempSync(join(tmpdir(), "config-"));

const watches: ConfigWatch[] = [];
afterEach(() => {
	for (const one of watches.splice(0)) one.close();
});

function open(file: string, options?: WatchOptions): ConfigWatch {
	const opened = new ConfigWatch(file, options);
	watches.push(opened);
	return opened;
}

function openNew(options?: WatchOptions): { config: ConfigWatch; file: string } {
	const file = join(folder(), "devices.yaml");
	writeFileSync(file, named("Eerst"));
	return { config: open(file, options), file };
}

const shopName = (config: ConfigWatch): string | undefined => config.current?.config.shop.name;

/** So that only the way under test can have seen the change. */
const neverPolls = { pollMs: 3_600_000 };
const seesNothing: WatchOptions = {
	pollMs: 20,
	watchFolder: (() => {
		throw new Error("ENOSPC: no watches left");
	}) as unknown as typeof watch,
};

test("a change in the file is seen", async () => {
	const { config, file } = openNew(neverPolls);
	expect(shopName(config)).toBe("Eerst");
	const changed = once(config, "changed");
	writeFileSync(file, named("Daarna"));
	await changed;
	expect(shopName(config)).toBe("Daarna");
});

test("an editor that puts a new file in the old one's place is seen, time and again", async () => {
	const { config, file } = openNew(neverPolls);
	for (const name of ["Een", "Twee", "Drie"]) {
		const changed = once(config, "changed");
		writeFileSync(`${file}.swp`, named(name));
		renameSync(`${file}.swp`, file);
		await changed;
		expect(shopName(config)).toBe(name);
	}
});

test("where the system tells of nothing, the file is looked at", async () => {
	const { config, file } = openNew(seesNothing);
	const changed = once(config, "changed");
	writeFileSync(file, named("Daarna"));
	await changed;
	expect(shopName(config)).toBe("Daarna");
});

test("a link to a file elsewhere is followed, and so is the link when it is laid anew", async () => {
	const [one, other] = [folder(), folder()];
	writeFileSync(join(one, "devices.yaml"), named("Eerst"));
	writeFileSync(join(other, "devices.yaml"), named("Elders"));
	const link = join(folder(), "devices.yaml");
	symlinkSync(join(one, "devices.yaml"), link);
	const config = open(link, { pollMs: 20 });
	let changed = once(config, "changed");
	writeFileSync(join(one, "devices.yaml"), named("Daarna"));
	await changed;
	expect(shopName(config)).toBe("Daarna");
	changed = once(config, "changed");
	symlinkSync(join(other, "devices.yaml"), `${link}.new`);
	renameSync(`${link}.new`, link);
	await changed;
	expect(shopName(config)).toBe("Elders");
});

test("a broken file leaves the last good one in force, and mended it is told even where it is as before", async () => {
	const { config, file } = openNew(neverPolls);
	const broken = once(config, "broken");
	writeFileSync(file, "shop: {");
	await broken;
	expect(shopName(config)).toBe("Eerst");
	expect(config.trouble?.faults[0]).toMatchObject({ line: 1 });
	const changed = once(config, "changed");
	writeFileSync(file, named("Eerst"));
	await changed;
	expect(config.trouble).toBeUndefined();
});

test("a file that is gone changes nothing, and neither does one that was not there yet", async () => {
	const { config, file } = openNew(neverPolls);
	const broken = once(config, "broken");
	rmSync(file);
	await broken;
	expect(shopName(config)).toBe("Eerst");

	const later = join(folder(), "devices.yaml");
	const waiting = open(later, neverPolls);
	expect(waiting.current).toBeUndefined();
	expect(waiting.trouble?.message).toContain("not there");
	const changed = once(waiting, "changed");
	writeFileSync(later, named("Eindelijk"));
	await changed;
	expect(shopName(waiting)).toBe("Eindelijk");
});

test("a file that is touched, and other files beside it, are no change", async () => {
	const { config, file } = openNew(neverPolls);
	const told: string[] = [];
	config.on("changed", () => told.push(shopName(config) ?? ""));
	writeFileSync(file, named("Eerst"));
	mkdirSync(join(file, "..", "data"));
	writeFileSync(join(file, "..", "journal.db"), "x");
	const changed = once(config, "changed");
	writeFileSync(file, named("Daarna"));
	await changed;
	expect(told).toEqual(["Daarna"]);
});
