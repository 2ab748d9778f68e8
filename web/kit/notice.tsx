import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";
import { kitWords } from "./language.ts";

export type Tone = "good" | "warn" | "bad" | "plain";

export const Pill = ({ tone, children }: { tone: Tone; children: ComponentChildren }) => (
	<span class={`pill ${tone}`}>{children}</span>
);

/** Something that wants attention: what, what to do about it, and perhaps a button. */
export const Notice = (props: {
	tone: "warn" | "bad" | "plain";
	title: string;
	text?: string;
	children?: ComponentChildren;
}) => (
	<div class={`notice ${props.tone}`} role={props.tone === "bad" ? "alert" : "status"}>
		<Icon name="warning" />
		<div class="grow">
			<p>
				<strong>{props.title}</strong>
			</p>
			{props.text ? <p>{props.text}</p> : null}
		</div>
		{props.children}
	</div>
);

export const Empty = (props: { icon: IconName; title: string; text?: string; children?: ComponentChildren }) => (
	<div class="empty">
		<Icon name={props.icon} />
		<strong>{props.title}</strong>
		{props.text ? <span>{props.text}</span> : null}
		{props.children}
	</div>
);

export const Loading = () => (
	<div class="loading" role="status" aria-label={kitWords.value.loading}>
		<i />
		<i />
		<i />
	</div>
);
