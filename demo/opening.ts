import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Credentials, PairingKind } from "@kassahub/contracts/credentials.ts";
import type { ImportReport } from "@kassahub/contracts/import-report.ts";
import type { Product } from "@kassahub/contracts/product.ts";
import type { Rest } from "./rest.ts";

const assortmentFile = join(import.meta.dirname, "../hub/catalogue/assortment.csv");

/** Imports the assortment with its opening stock, as a shopkeeper would from a spreadsheet; gives all products on sale. */
export async function fillShelves(rest: Rest): Promise<Product[]> {
	const report = await rest.post<ImportReport>("/catalogue/import?stock=true", readFileSync(assortmentFile, "utf8"));
	if (report.faults.length > 0) throw new Error(`the assortment has faults: ${JSON.stringify(report.faults[0])}`);
	return (await rest.get<{ products: Product[] }>("/catalogue?since=0")).products;
}

export const pair = (rest: Rest, kind: PairingKind, name: string): Promise<Credentials> =>
	rest.post("/pairings", { kind, name });

/** A link that opens a page as this client: the fragment stays in the browser, no server sees it. */
export const pageLink = (page: string, credentials: Credentials): string =>
	`${page}#pair=${Buffer.from(JSON.stringify(credentials)).toString("base64url")}`;
