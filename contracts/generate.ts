import { asyncapi } from "./asyncapi.ts";
import { type GeneratedDocument, generate } from "./documents.ts";
import { errorReference, messageReference } from "./reference.ts";

/** The documents that follow from the contracts alone. */
export const contractDocuments = (): GeneratedDocument[] => [
	{ path: "docs/contract/asyncapi.json", text: `${JSON.stringify(asyncapi(), null, "\t")}\n` },
	{ path: "docs/contract/messages.md", text: messageReference() },
	{ path: "docs/errors.md", text: errorReference() },
];

if (import.meta.main) process.exitCode = generate(contractDocuments(), process.argv.slice(2));
