import { describe, expect, test } from "vitest";
import { protocols } from "./protocols.ts";
import { Scene, victims } from "./scene.ts";

describe.for(protocols)("$name", (protocol) => {
	test.for(victims)(
		"%s struck down at every message of a payment: no charge twice, none unbooked, none in doubt",
		async (victim) => {
			await using scene = await Scene.open(protocol);
			const moments = await scene.moments();
			const endings: string[] = [];
			const missed: string[] = [];
			for (const at of moments) {
				const where = `${victim} ${at.moment} message ${at.index} (${at.direction}, ${at.name})`;
				try {
					const { status, wasUnknown, struckAt } = await scene.pay({ victim, at });
					endings.push(wasUnknown ? `unknown, then ${status}` : status);
					if (!struckAt) missed.push(where);
					await scene.checkUsable();
				} catch (error) {
					throw new Error(`${where}: ${(error as Error).message}\n${scene.log.slice(-6000)}`, { cause: error });
				}
			}
			await scene.close();
			const counts = Object.entries(Object.groupBy(endings, (ending) => ending)).map(
				([ending, all]) => `${all?.length} ${ending}`,
			);
			console.log(`${protocol.name}, ${victim}: ${moments.length} blows: ${counts.join(", ")}`);
			expect(missed).toEqual([]);
			expect(endings.filter((ending) => ending.startsWith("unknown"))).toEqual([]);
		},
	);
});
