import { readdirSync, readFileSync } from "node:fs";

/** The process of a part of a shop, found among the hub's children. */
export function pidOfPart(hubPid: number, script: string): number {
	const pid = readdirSync("/proc").find((entry) => {
		if (!/^\d+$/.test(entry)) return false;
		try {
			const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${entry}/status`, "utf8"))?.[1];
			return parent === String(hubPid) && readFileSync(`/proc/${entry}/cmdline`, "utf8").includes(script);
		} catch {
			return false;
		}
	});
	if (!pid) throw new Error(`no ${script} runs under ${hubPid}`);
	return Number(pid);
}
