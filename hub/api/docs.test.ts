import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { openTryShop } from "./try-shop.ts";

test("the API documentation draws itself under our own policy, without a word of complaint", async () => {
	await using shop = await openTryShop();
	const url = await shop.app.listen({ port: 0, host: "127.0.0.1" });
	const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
	try {
		const page = await browser.newPage();
		const complaints: string[] = [];
		page.on("console", (message) => {
			if (message.type() === "error") complaints.push(message.text());
		});
		page.on("pageerror", (error) => complaints.push(error.message));
		await page.goto(`${url}/api/docs/`);
		await page.getByText("Book a sale or refund", { exact: true }).click();
		await page.getByText("Booked, and on disk").waitFor();
		expect(complaints).toEqual([]);
	} finally {
		await browser.close();
	}
});
