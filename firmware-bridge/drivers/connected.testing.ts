import type { TObject } from "typebox";
import { openLink, parseLink } from "../links/address.ts";
import type { BrokerAccess, LinkKind, Links } from "../links/link.ts";
import type { Driver, Session } from "./driver.ts";
import { Witness } from "./witness.ts";

export type Connected<K extends LinkKind = LinkKind> = {
	link: Links[K];
	session: Session;
	witness: Witness;
	/** The session's watch; rejects where it does, which nobody has to look at. */
	watching: Promise<void>;
};

/** A driver in conversation with whatever is at the end of a link, as the bridge would have it. */
export async function connect<T extends TObject, K extends LinkKind>(
	driver: Driver<T, K>,
	url: string,
	settings: Record<string, unknown>,
	broker?: BrokerAccess,
): Promise<Connected<K>> {
	const link = await openLink(parseLink(url, driver, settings), { tap: () => undefined, broker });
	return converse(driver, link as Links[K], settings);
}

/** The same over a link that is open already. */
export async function converse<T extends TObject, K extends LinkKind>(
	driver: Driver<T, K>,
	link: Links[K],
	settings: Record<string, unknown>,
): Promise<Connected<K>> {
	const witness = new Witness();
	try {
		const session = await driver.open(link, settings as never, witness);
		const watching = session.watch();
		watching.catch(() => undefined);
		return { link, session, witness, watching };
	} catch (error) {
		await link.close();
		throw error;
	}
}
