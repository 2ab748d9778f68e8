import { expect, test } from "vitest";
import { freshDocument } from "./generate.ts";

test("docs/devices.md lists the drivers there are, with the settings they have", () => {
	const { stored, fresh } = freshDocument();
	expect(stored).toBe(fresh);
});
