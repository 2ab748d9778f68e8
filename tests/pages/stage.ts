import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Credentials } from "@kassahub/contracts/credentials.ts";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { RawRegister } from "../raw-register.ts";
import { saleNow } from "../sales.ts";
import { bearer, Shop, until } from "../shop.ts";

export type Language = "nl" | "en";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const assortment = join(import.meta.dirname, "../../hub/catalogue/assortment.csv");

/** Of the sample assortment some by weight and some by the piece: a keyboard passes each of them. */
function someProducts(csv: string): string {
	const [heading, ...lines] = csv.split("\n");
	return [heading, ...lines.slice(60, 90)].join("\n");
}

/** A shop with something to show on each of its pages, and a browser that looks at them. */
export class Stage {
	readonly shop: Shop;
	readonly browser: Browser;
	readonly screenshots = mkdtempSync(join(tmpdir(), "kassahub-pages-"));
	readonly register: Credentials;
	readonly technician: Credentials;

	private constructor(shop: Shop, browser: Browser, register: Credentials, technician: Credentials) {
		this.shop = shop;
		this.browser = browser;
		this.register = register;
		this.technician = technician;
	}

	static async open(): Promise<Stage> {
		const shop = await Shop.create({
			devices: { bonprinter: { driver: "escpos", link: "tcp://127.0.0.1:1" } },
		});
		const [browser, { httpUrl, mqttUrl, token }] = await Promise.all([
			chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] }),
			shop.start(),
		]);
		const imported = await fetch(`${httpUrl}/api/v1/catalogue/import?stock=true`, {
			method: "POST",
			headers: { ...bearer(token), "content-type": "text/csv" },
			body: someProducts(readFileSync(assortment, "utf8")),
		});
		if (!imported.ok) throw new Error(`the catalogue: ${imported.status} ${await imported.text()}`);
		const stage = new Stage(
			shop,
			browser,
			await shop.pair("register", "kassa-1"),
			await shop.pair("technician", "monteur"),
		);
		const seller = await RawRegister.connect(mqttUrl, stage.register);
		await seller.sell(saleNow("kassa-1"));
		await seller.sell(saleNow("kassa-1", { total: 1 }));
		seller.close();
		return stage;
	}

	/** Makes somebody the owner, so that the console asks who comes in. */
	async claim(): Promise<void> {
		const answer = await fetch(`${this.shop.running.httpUrl}/api/v1/setup`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({
				shopName: "De Vijzel",
				language: "nl",
				owner: { title: "Anja", passphrase: "twaalf tekens en meer" },
			}),
		});
		if (!answer.ok) throw new Error(`claiming answered ${answer.status}: ${await answer.text()}`);
	}

	/** Where the back office answers; it starts by itself, beside the hub. */
	async office(): Promise<string> {
		await until("the back office", async () => (await fetch(this.shop.officeUrl).catch(() => undefined))?.ok);
		return this.shop.officeUrl;
	}

	/** A browser of its own, in a language, that collects what its pages complain of. */
	async visitor(language: Language): Promise<{ context: BrowserContext; page: Page; complaints: string[] }> {
		const context = await this.browser.newContext({
			locale: language,
			reducedMotion: "reduce",
			serviceWorkers: "block",
			viewport: { width: 1280, height: 800 },
		});
		await context.addInitScript((chosen) => localStorage.setItem("kassahub.language", chosen), language);
		const page = await context.newPage();
		const complaints: string[] = [];
		page.on("pageerror", (error) => complaints.push(error.message));
		return { context, page, complaints };
	}

	async close(): Promise<void> {
		await this.browser.close();
		await this.shop[Symbol.asyncDispose]();
	}
}

/** What axe-core finds wrong on the page, where it is serious: the rule, and each place. */
export async function seriousFaults(page: Page): Promise<string[]> {
	// Evaluated, not added to the page: its policy rightly lets in no script but its own.
	if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(axeSource);
	const results = await page.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
	return results.violations
		.filter(({ impact }) => impact === "serious" || impact === "critical")
		.flatMap(({ id, nodes }) =>
			nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ""}`.trim()),
		);
}

type AxeResults = {
	violations: { id: string; impact: string | null; nodes: { html: string; any: { message: string }[] }[] }[];
};
