import { effect } from "@preact/signals";
import { render } from "preact";
import { takeCredentials } from "../kit/credentials.ts";
import "../kit/theme.ts";
import { Entrance } from "./entrance.tsx";
import { words } from "./words.ts";

effect(() => {
	document.title = `${words.value.title} · Kassahub`;
});

render(<Entrance credentials={takeCredentials("console")} />, document.getElementById("app") as HTMLElement);
