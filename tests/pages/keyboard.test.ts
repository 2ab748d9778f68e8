import type { ElementHandle, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PageUnderTest, pages } from "./list.ts";
import { Stage, seriousFaults } from "./stage.ts";

const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex]";
const TABS_MAX = 400;
const WITHIN_MS = 5000;
/** A page that asks the hub every two seconds may change while it is walked: then it is walked anew. */
const WALKS_MAX = 3;

let stage: Stage;
beforeAll(async () => {
	stage = await Stage.open();
	await stage.claim();
});
afterAll(() => stage.close());

/** Numbers the controls that somebody with a keyboard has to reach, in the order of the page, and counts them. */
const numberControls = (page: Page, inside: string): Promise<number> =>
	page.evaluate(
		([selector, within]) => {
			const root = document.querySelector(within as string) ?? document.body;
			const groups = new Set<string>();
			let count = 0;
			for (const element of root.querySelectorAll<HTMLElement>(selector as string)) {
				const isShown = element.checkVisibility({ visibilityProperty: true }) && !element.matches(":disabled");
				if (!isShown || element.tabIndex < 0) continue;
				// Of radio buttons that belong together one is reached by Tab, the others by the arrows.
				const group = element instanceof HTMLInputElement && element.type === "radio" ? element.name : "";
				if (group && groups.has(group)) continue;
				groups.add(group);
				element.dataset.control = String(count++);
			}
			return count;
		},
		[CONTROLS, inside],
	);

type Focused = { control: number; html: string; isSeen: boolean };

/** Where the focus is now, and whether it shows. */
const focused = (page: Page): Promise<Focused | undefined> =>
	page.evaluate(() => {
		const element = document.activeElement as HTMLElement | null;
		if (!element || element === document.body) return undefined;
		const places = [element, element.closest("label"), element.parentElement];
		const isSeen = places.some((place) => {
			if (!place) return false;
			const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(place);
			return (outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
		});
		return { control: Number(element.dataset.control ?? -1), html: element.outerHTML.slice(0, 120), isSeen };
	});

async function walk(page: Page, inside: string): Promise<string[]> {
	let faults: string[] = [];
	for (let walks = 0; walks < WALKS_MAX; walks++) {
		faults = await walkOnce(page, inside);
		if (faults.length === 0) break;
	}
	return faults;
}

/** Presses Tab from the start of the page, or of the dialog, until it is round: what is wrong on the way. */
async function walkOnce(page: Page, inside: string): Promise<string[]> {
	const count = await numberControls(page, inside);
	const reached: number[] = [];
	const faults: string[] = [];
	for (let tabs = 0; tabs < Math.min(count + 3, TABS_MAX); tabs++) {
		await page.keyboard.press("Tab");
		const here = await focused(page);
		if (!here || reached.includes(here.control)) continue;
		reached.push(here.control);
		if (!here.isSeen) faults.push(`focus is not seen on ${here.html}`);
		if (here.control < 0) faults.push(`the focus leaves for ${here.html}`);
	}
	const expected = Array.from({ length: count }, (_, index) => index);
	const start = reached.indexOf(Math.min(...reached));
	const inOrder = [...reached.slice(start), ...reached.slice(0, start)];
	if (inOrder.join() !== expected.join()) faults.push(`Tab goes ${inOrder.join(" ")} of ${count} controls`);
	return faults;
}

/** A button that may open a dialog; of many alike, such as products, one. */
async function buttonsOf(page: Page): Promise<ElementHandle<HTMLButtonElement>[]> {
	const found: ElementHandle<HTMLButtonElement>[] = [];
	const seen = new Set<string>();
	for (const button of await page.$$("button:enabled")) {
		const key = await button.evaluate((node) => {
			const element = node as HTMLButtonElement;
			const many = /\b(tile|group)\b/.exec(element.className);
			// The button that changes the language changes every name after it.
			if (!element.checkVisibility() || element.lang) return "";
			return many?.[0] ?? (element.textContent || element.ariaLabel || "");
		});
		if (!key || seen.has(key)) continue;
		seen.add(key);
		found.push(button as ElementHandle<HTMLButtonElement>);
	}
	return found;
}

/** Opens what every button opens, by Enter: is it sound, does Escape close it, and where is the focus then? */
async function openEach(page: Page): Promise<{ faults: string[]; opened: number }> {
	const faults: string[] = [];
	let opened = 0;
	for (const button of await buttonsOf(page)) {
		if (!(await button.evaluate((element) => element.isConnected && element.checkVisibility()))) continue;
		const name = (await button.textContent())?.trim() ?? "";
		await button.focus();
		await page.keyboard.press("Enter");
		await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
		const isOpen = () => page.evaluate(() => document.querySelector("dialog[open]") !== null);
		if (!(await isOpen())) continue;
		opened++;
		faults.push(...(await seriousFaults(page)).map((fault) => `${name}: ${fault}`));
		faults.push(...(await walk(page, "dialog[open]")).map((fault) => `${name}: ${fault}`));
		await page.keyboard.press("Escape");
		const isGone = page.waitForFunction(() => !document.querySelector("dialog[open]"), undefined, {
			timeout: WITHIN_MS,
		});
		if (
			!(await isGone.then(
				() => true,
				() => false,
			))
		) {
			faults.push(`${name}: Escape leaves it open`);
			return { faults, opened };
		}
		// The page gives it back once the dialog is gone, not in the same moment.
		const isBack = page.waitForFunction(
			(element) => document.activeElement === element || !element.isConnected,
			button,
			{ timeout: WITHIN_MS },
		);
		if (
			!(await isBack.then(
				() => true,
				() => false,
			))
		)
			faults.push(`${name}: the focus is not given back`);
	}
	return { faults, opened };
}

test.each(pages.map((one) => [one.name, one] as const))("%s by keyboard alone", async (_name, one: PageUnderTest) => {
	const { context, page, complaints } = await stage.visitor("nl");
	await page.goto(await one.address(stage, "nl"));
	await one.isReady(page);
	// The page as it was loaded, with the focus nowhere.
	await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
	const { faults, opened } = await openEach(page);
	await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
	expect([...faults, ...(await walk(page, "body")), ...complaints]).toEqual([]);
	const hasDialogs = one.name === "register" || one.name === "console";
	expect(opened > 0).toBe(hasDialogs);
	await context.close();
});
