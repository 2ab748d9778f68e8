import type { ComponentChildren } from "preact";
import { Dialog } from "../kit/dialog.tsx";
import type { Till } from "./till.ts";

/** A dialog of the till: closing it goes back to selling. */
export const TillDialog = (props: { till: Till; title: string; isWide?: boolean; children: ComponentChildren }) => (
	<Dialog
		title={props.title}
		isWide={props.isWide ?? false}
		onClose={() => {
			props.till.screen.value = undefined;
		}}
	>
		{props.children}
	</Dialog>
);
