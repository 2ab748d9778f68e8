import { Type } from "typebox";
import { makeBundle } from "../../bundle/bundle.ts";
import { gatherFindings } from "../../bundle/gather.ts";
import { answers } from "../answers.ts";
import type { App, Parts } from "../parts.ts";

const ZIP = "application/zip";
const File = {
	description: "A ZIP file with an index.html",
	content: { [ZIP]: { schema: Type.Unsafe<Buffer>({ type: "string", format: "binary" }) } },
};

export function bundleRoutes(app: App, parts: Parts, version: string): void {
	/** Verifying a journal and packing take the box seconds: whoever asks meanwhile gets the same. */
	let underWay: Promise<Buffer> | undefined;
	app.get(
		"/bundle",
		{
			schema: {
				tags: ["health"],
				summary: "What a technician carries away: devices, alerts, box, journal check, settings, logs and frames",
				description: "Secrets, names of people, receipts and cards are left out.",
				response: answers({ 200: File }),
			},
		},
		async (_request, reply) => {
			underWay ??= gatherFindings(parts, { hub: version })
				.then(makeBundle)
				.finally(() => {
					underWay = undefined;
				});
			const name = `kassahub-${parts.config.shop.id}-${parts.clock.now().at.slice(0, 10)}.zip`;
			reply
				.type(ZIP)
				.header("content-disposition", `attachment; filename="${name}"`)
				.header("cache-control", "no-store");
			return reply.send(await underWay);
		},
	);
}
