import { effect } from "@preact/signals";
import { render } from "preact";
import { takeCredentials } from "../kit/credentials.ts";
import { Pairing } from "../kit/pairing.tsx";
import "../kit/theme.ts";
import { App } from "./app.tsx";
import { HubWatch } from "./hub-watch.ts";
import { words } from "./words.ts";

const root = document.getElementById("app") as HTMLElement;
const credentials = takeCredentials("console");

effect(() => {
	document.title = `${words.value.title} · Kassahub`;
});

if (!credentials) render(<Pairing app="console" isRefused={false} />, root);
else {
	const watch = new HubWatch(credentials);
	render(<App watch={watch} />, root);
	void watch.run();
}
