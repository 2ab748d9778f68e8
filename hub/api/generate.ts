import { type GeneratedDocument, generate } from "@kassahub/contracts/documents.ts";
import { cliReference } from "../cli/help.ts";
import { accessReference } from "./access-reference.ts";
import { openTryShop } from "./try-shop.ts";

/** What follows from the hub: the OpenAPI document of its routes as registered, and the references of its commands and of who may do what. */
export async function hubDocuments(): Promise<GeneratedDocument[]> {
	await using shop = await openTryShop();
	return [
		{ path: "docs/contract/openapi.json", text: `${JSON.stringify(shop.app.swagger(), null, "\t")}\n` },
		{ path: "docs/cli.md", text: cliReference() },
		{ path: "docs/access.md", text: accessReference() },
	];
}

if (import.meta.main) process.exitCode = generate(await hubDocuments(), process.argv.slice(2));
