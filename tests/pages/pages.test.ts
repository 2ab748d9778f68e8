import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PageUnderTest, pages, pagesBeforeOwner } from "./list.ts";
import { type Language, Stage, seriousFaults } from "./stage.ts";

const sizes = [
	{ width: 1280, height: 800 },
	{ width: 390, height: 844 },
];
const themes = ["light", "dark"] as const;
const languages: Language[] = ["nl", "en"];

let stage: Stage;
beforeAll(async () => {
	stage = await Stage.open();
	console.log(`screenshots of every page: ${stage.screenshots}`);
});
afterAll(() => stage.close());

/** Every light and size of one page in one language: what axe finds, what runs out of the screen, what fails in it. */
async function lookAt({ name, address, isReady }: PageUnderTest, language: Language): Promise<string[]> {
	const { context, page, complaints } = await stage.visitor(language);
	const faults: string[] = [];
	await page.goto(await address(stage, language));
	await isReady(page);
	for (const colorScheme of themes) {
		await page.emulateMedia({ colorScheme });
		for (const size of sizes) {
			await page.setViewportSize(size);
			const seen = `${name}-${language}-${colorScheme}-${size.width}`;
			await page.screenshot({ path: join(stage.screenshots, `${seen}.png`) });
			faults.push(...(await seriousFaults(page)).map((fault) => `${seen}: ${fault}`));
			const tooWide = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
			if (Number(tooWide) > 0) faults.push(`${seen}: ${tooWide} px wider than the screen`);
		}
	}
	expect(await page.getAttribute("html", "lang")).toBe(language);
	await context.close();
	return [...faults, ...complaints.map((complaint) => `${name}: ${complaint}`)];
}

const inBoth = (list: readonly PageUnderTest[]) =>
	list.flatMap((one) => languages.map((language) => [one.name, language, one] as const));

test.each(inBoth(pagesBeforeOwner))("%s in %s is for everyone, in any light and size", async (_name, language, one) => {
	expect(await lookAt(one, language)).toEqual([]);
});

test("a box gets its owner", () => stage.claim());

test.each(inBoth(pages))("%s in %s is for everyone, in any light and size", async (_name, language, one) => {
	expect(await lookAt(one, language)).toEqual([]);
});
