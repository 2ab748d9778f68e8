import type { Role } from "@kassahub/contracts/role.ts";
import { SESSION_COOKIE } from "./person-session.ts";
import type { TryShop } from "./try-shop.ts";

/** The headers of somebody of a role who has just signed in on the console of a hub under test. */
export async function signInAs({ people, signedIn }: TryShop, role: Role): Promise<Record<string, string>> {
	const name = `de-${role}`;
	if (!people.get(name)) await people.put({ name, title: role, role });
	const token = signedIn.open(name, { kind: "console" });
	return { cookie: `${SESSION_COOKIE}=${token}`, "x-kassahub-csrf": "1" };
}
