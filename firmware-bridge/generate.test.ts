import { staleDocuments } from "@kassahub/contracts/documents.ts";
import { expect, test } from "vitest";
import { bridgeDocuments } from "./generate.ts";

test("docs/devices.md and the schema of devices.yaml have the drivers there are, with the settings they have", () => {
	expect(staleDocuments(bridgeDocuments())).toEqual([]);
});
