import { effect } from "@preact/signals";
import { render } from "preact";
import "../kit/theme.ts";
import { App } from "./app.tsx";
import { OfficeWatch } from "./office-watch.ts";
import { words } from "./words.ts";

effect(() => {
	document.title = `${words.value.title} · Kassahub`;
});

const watch = new OfficeWatch();
render(<App watch={watch} />, document.getElementById("app") as HTMLElement);
watch.follow();
