import { nameFrom } from "@kassahub/contracts/person-name.ts";
import { Session } from "@kassahub/contracts/session.ts";
import { Claim, SetupState } from "@kassahub/contracts/setup.ts";
import { answers } from "../answers.ts";
import type { App, Parts } from "../parts.ts";
import { openConsoleSession } from "../person-session.ts";
import { Problem } from "../problem.ts";

const tags = ["setup"];

/** A box's first hour: who owns it, and what the shop is called. Open to everyone in the shop until that is done. */
export function setupRoutes(app: App, parts: Parts): void {
	const { claim, people, audit, config, configWriter, log } = parts;
	let isClaiming = false;

	app.get(
		"/setup",
		{ schema: { tags, summary: "Whether the box waits for its owner", response: answers({ 200: SetupState }) } },
		async () => ({
			isOpen: claim.isOpen,
			isClaimed: claim.isClaimed,
			shop: { name: config.shop.name, language: config.shop.language ?? "nl" },
		}),
	);

	app.post(
		"/setup",
		{
			schema: {
				tags,
				summary: "Claim a box that nobody owns; who claims it is signed in",
				description:
					"Possible for half an hour after the box was switched on, and never again once it has an owner: whoever can switch it off and on stands in the shop.",
				body: Claim,
				response: answers({ 200: Session }),
			},
		},
		async (request, reply) => {
			if (!claim.isOpen || isClaiming) {
				const detail = claim.isClaimed ? "This box has an owner" : "This box was switched on too long ago";
				throw new Problem(409, "SETUP_CLOSED", detail);
			}
			isClaiming = true;
			try {
				const { shopName, language, owner } = request.body;
				const name = nameFrom(owner.title);
				await configWriter.putShop({ name: shopName, language });
				const { title, passphrase, pin } = owner;
				const person = await people.add({ name, title, role: "owner" }, { passphrase, pin });
				log.info({ address: request.ip }, "the box has an owner");
				audit.note(`setup at ${request.ip}`, "person-added", { about: name, detail: "owner" });
				return openConsoleSession(parts, request, reply, person);
			} finally {
				isClaiming = false;
			}
		},
	);
}
