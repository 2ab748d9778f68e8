import { effect } from "@preact/signals";
import { render } from "preact";
import { takeCredentials } from "../kit/credentials.ts";
import { Pairing } from "../kit/pairing.tsx";
import "../kit/theme.ts";
import { App } from "./app.tsx";
import { captureKeys } from "./key-capture.ts";
import { isTakenOver } from "./one-tab.ts";
import { Till } from "./till.ts";
import { words } from "./words.ts";

const root = document.getElementById("app") as HTMLElement;
const credentials = takeCredentials("register");

effect(() => {
	document.title = `${words.value.title} · Kassahub`;
});

if (!credentials) render(<Pairing app="register" isRefused={false} />, root);
else {
	// Ask the browser not to clear what waits here when the tablet runs low on space.
	void navigator.storage?.persist?.();
	const till = await Till.open(credentials);
	const taken = isTakenOver(till.register, () => till.live.end());
	captureKeys({
		scanned: (code) => till.scan(code),
		searchField: () => document.querySelector<HTMLInputElement>("#search"),
	});
	render(<App till={till} isTakenOver={taken} />, root);
	if ("serviceWorker" in navigator) void navigator.serviceWorker.register("./sw.js");
}
