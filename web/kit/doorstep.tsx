import type { ComponentChildren } from "preact";
import { Wordmark } from "./icon.tsx";
import { Switches } from "./switches.tsx";

/** What somebody sees who is not let in yet: whose door it is, in which language and light, and how to get in. */
export const Doorstep = ({ title, children }: { title: string; children: ComponentChildren }) => (
	<main class="pairing">
		<div>
			<div class="row">
				<Wordmark />
				<span style={{ flex: 1 }} />
				<Switches />
			</div>
			<h1>{title}</h1>
			{children}
		</div>
	</main>
);
