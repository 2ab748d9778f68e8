import type { TerminalReceipt } from "@kassahub/contracts/terminal-answer.ts";
import { receiptOf } from "./answer.ts";

export type OutputText = { Text?: string; EndOfLineFlag?: boolean };

/** Texts are URL-encoded (`name=Date&value=29%2f04%2f19&key=txdate`), and go on the same line where they say so. */
export function nexoReceipt(reader: TerminalReceipt["for"], texts: readonly OutputText[]): TerminalReceipt {
	const lines: string[] = [];
	let goesOn = false;
	for (const { Text = "", EndOfLineFlag = true } of texts) {
		const text = textOf(Text);
		if (goesOn) lines.push(`${lines.pop()} ${text}`);
		else lines.push(text);
		goesOn = !EndOfLineFlag;
	}
	return receiptOf(reader, lines);
}

function textOf(text: string): string {
	if (!/(^|&)(name|value|key)=/.test(text)) return text;
	const fields = new URLSearchParams(text);
	return [fields.get("name"), fields.get("value")].filter(Boolean).join("  ");
}
