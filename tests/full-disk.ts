import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILLER = "filler";

/** Makes a folder a disk of its own, so small that a test can fill it. */
export function mountSmallDisk(folder: string): void {
	execFileSync("mkdir", ["-p", folder]);
	execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", folder]);
}

export function unmount(folder: string): void {
	execFileSync("umount", ["-l", folder]);
}

/** Fills a folder's disk to the last byte. */
export function fillDisk(folder: string): void {
	for (const size of [1 << 20, 1 << 14, 1 << 10, 1]) {
		try {
			for (;;) writeFileSync(join(folder, FILLER), Buffer.alloc(size), { flag: "a" });
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
		}
	}
}

export function makeRoom(folder: string): void {
	rmSync(join(folder, FILLER));
}
