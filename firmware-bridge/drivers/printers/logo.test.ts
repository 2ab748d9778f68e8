import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { PNG } from "pngjs";
import { expect, test } from "vitest";
import type { Mark } from "../../emulators/paper.ts";
import { PrinterBody } from "../../emulators/printer-body.ts";
import { defuse, readLogo } from "./logo.ts";

const folder = mkdtempSync(join(tmpdir(), "logo-"));
let count = 0;

function fileOf(bytes: Uint8Array): string {
	const path = join(folder, `${count++}.png`);
	writeFileSync(path, bytes);
	return path;
}

/** A picture in black and white; `isBlack` says which. */
function pictureOf(width: number, height: number, isBlack: (x: number, y: number) => boolean): string {
	const png = new PNG({ width, height });
	for (let at = 0; at < width * height; at++) {
		const shade = isBlack(at % width, Math.floor(at / width)) ? 0 : 255;
		png.data.set([shade, shade, shade, 255], at * 4);
	}
	return fileOf(PNG.sync.write(png));
}

type Raster = Extract<Mark, { kind: "raster" }>;

async function printed(logoFile: string, columns: 48 | 42 | 32 = 48) {
	const job = await readLogo({ logoFile, columns });
	const printer = new PrinterBody({});
	printer.receive(job.bytes);
	await new Promise((resolve) => setImmediate(resolve));
	const rasters = printer.unfinished.marks.filter((mark): mark is Raster => mark.kind === "raster");
	const rows = Buffer.concat(rasters.map((raster) => raster.rows));
	return { job, printer, rasters, rows, width: (rasters[0]?.bytesPerRow ?? 0) * 8 };
}

test("a small logo is printed dot for dot, in the middle", async () => {
	const { rasters, rows, width, job, printer } = await printed(pictureOf(16, 8, (x, y) => x < 8 || y === 0));
	expect(width).toBe(16);
	expect(rows.toString("hex")).toBe(`ffff${"ff00".repeat(7)}`);
	expect(rasters[0]?.align).toBe("center");
	expect(job.lines).toBe(1);
	expect(printer.pending).toBe(0);
});

test.each([
	[48, 576],
	[42, 504],
	[32, 384],
] as const)("on paper of %i columns a wide logo is %i dots wide, and keeps its shape", async (columns, dots) => {
	const { rasters, rows, width } = await printed(
		pictureOf(1200, 600, (x) => x % 200 < 100),
		columns,
	);
	expect(width).toBe(dots);
	expect((rows.length * 8) / width).toBeCloseTo(dots / 2, -1);
	// No chunk of more than 255 rows: copies read one byte of the height.
	for (const raster of rasters) expect(raster.rows.length / raster.bytesPerRow).toBeLessThanOrEqual(255);
});

test("a high logo takes five centimetres of paper at most, and grey becomes dots", async () => {
	const grey = new PNG({ width: 100, height: 1000 });
	grey.data.fill(128);
	for (let at = 3; at < grey.data.length; at += 4) grey.data[at] = 255;
	const { rows, width } = await printed(fileOf(PNG.sync.write(grey)));
	expect((rows.length * 8) / width).toBe(400);
	const dark = rows.reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0) / (40 * 400);
	expect(dark).toBeGreaterThan(0.4);
	expect(dark).toBeLessThan(0.6);
});

test("a transparent background is paper", async () => {
	const png = new PNG({ width: 8, height: 8 });
	const { rows } = await printed(fileOf(PNG.sync.write(png)));
	expect(rows.toString("hex")).toBe("00".repeat(8));
});

test("a logo whose dots are a command to the drawer opens nothing", async () => {
	// DLE DC4 1 0 1, a pulse, as five bytes of eight dots.
	const bits = [0x10, 0x14, 0x01, 0x00, 0x01].map((byte) => byte.toString(2).padStart(8, "0")).join("");
	const { printer, rows } = await printed(pictureOf(40, 8, (x) => bits[x] === "1"));
	expect(printer.drawerPulses).toBe(0);
	expect(rows.toString("hex")).toBe("1814010001".repeat(8));
	fc.assert(
		fc.property(fc.array(fc.constantFrom(0x10, 0x04, 0x05, 0x14, 0x00, 0xff)), (bytes) => {
			const safe = defuse(Uint8Array.from(bytes));
			expect(safe).toHaveLength(bytes.length);
			expect(Buffer.from(safe).toString("hex").match(/../g)?.join(" ") ?? "").not.toMatch(/10 (04|05|14)/);
		}),
	);
});

test("no logo is no bytes", async () => {
	expect(await readLogo({ columns: 48 })).toEqual({ bytes: new Uint8Array(), lines: 0 });
});

test("a file that is no logo is refused with its reason, before it is unpacked", async () => {
	const refused = (path: string, reason: RegExp) =>
		expect(readLogo({ logoFile: path, columns: 48 })).rejects.toMatchObject({
			code: "DEVICE_CONFIG_INVALID",
			detail: expect.stringMatching(reason),
		});
	const picture = PNG.sync.write(new PNG({ width: 8, height: 8 }));
	await refused(join(folder, "there-is-none.png"), /ENOENT/);
	await refused(folder, /EISDIR/);
	await refused(fileOf(Buffer.from("GIF89a, and then some more of that")), /not a PNG/);
	await refused(fileOf(picture.subarray(0, 40)), /logo .*png: /);
	await refused(fileOf(new Uint8Array(1_000_001)), /1000000 bytes/);
	const bomb = Buffer.from(picture);
	bomb.writeUInt32BE(60_000, 16);
	await refused(fileOf(bomb), /60000 by 8 pixels/);
	await fc.assert(
		fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (noise) => {
			await refused(fileOf(Buffer.concat([picture.subarray(0, 33), noise])), /logo /);
		}),
		{ numRuns: 50 },
	);
});
