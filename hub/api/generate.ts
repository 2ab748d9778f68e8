import { type GeneratedDocument, generate } from "@kassahub/contracts/documents.ts";
import { openTryShop } from "./try-shop.ts";

/** The OpenAPI document of the routes as they are registered. */
export async function apiDocuments(): Promise<GeneratedDocument[]> {
	await using shop = await openTryShop();
	return [{ path: "docs/contract/openapi.json", text: `${JSON.stringify(shop.app.swagger(), null, "\t")}\n` }];
}

if (import.meta.main) process.exitCode = generate(await apiDocuments(), process.argv.slice(2));
