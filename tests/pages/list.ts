import type { Page } from "playwright-core";
import type { Stage } from "./stage.ts";

/** A page of the project: where it is, and what has to be there before it is looked at. */
export type PageUnderTest = {
	name: string;
	address(stage: Stage, language: "nl" | "en"): string | Promise<string>;
	isReady(page: Page): Promise<unknown>;
};

const hub = (stage: Stage): string => stage.shop.running.httpUrl;
const linkOf = (credentials: object): string =>
	`#pair=${Buffer.from(JSON.stringify(credentials)).toString("base64url")}`;
const form = (page: Page) => page.locator("form button[type=submit]").waitFor();

/** Of a box that nobody owns yet. */
export const pagesBeforeOwner: readonly PageUnderTest[] = [
	{ name: "setup", address: (stage) => `${hub(stage)}/`, isReady: form },
];

/** A page is added by one line here. */
export const pages: readonly PageUnderTest[] = [
	{ name: "sign-in", address: (stage) => `${hub(stage)}/`, isReady: form },
	{ name: "pairing", address: (stage) => `${hub(stage)}/register/`, isReady: form },
	{
		name: "trust",
		address: (stage, language) => `${hub(stage)}/trust?language=${language}`,
		isReady: (page) => page.locator("h1").waitFor(),
	},
	{
		name: "register",
		address: (stage) => `${hub(stage)}/register/${linkOf(stage.register)}`,
		isReady: async (page) => {
			// Something in the basket: its buttons are there only then.
			await page.locator(".tile").filter({ hasNotText: "/" }).first().click();
			await page.locator(".basket").first().waitFor();
		},
	},
	{
		name: "console",
		address: (stage) => `${hub(stage)}/${linkOf(stage.technician)}`,
		isReady: async (page) => {
			await page.getByText("bonprinter").first().waitFor();
			await page.getByText("kassa-1").first().waitFor();
		},
	},
	{
		name: "office",
		address: (stage) => stage.office(),
		isReady: (page) =>
			page
				.getByText(/3[,.]74/)
				.first()
				.waitFor(),
	},
];
