import { canonicalJson } from "@kassahub/contracts/canonical.ts";
import type { TSchema } from "typebox";
import { CARD_NUMBER_LENGTH_MIN } from "./card-numbers.ts";

/**
 * Writes valid events of one schema in canonical JSON, with the keys sorted once and for all: every sale passes here, in
 * the journal's thread. The text is that of `canonicalJson`.
 */
export class CanonicalText {
	readonly #writeObject: (event: object) => string;
	readonly #coded: ReadonlySet<string>;
	/** Whether the event last written has a text outside the `coded` fields with digits enough for a card number. */
	mayHoldCardNumber = false;

	constructor(schema: TSchema, coded: ReadonlySet<string>) {
		this.#coded = coded;
		this.#writeObject = this.#compile(schema) ?? this.#writeAny;
	}

	write(event: object): string {
		this.mayHoldCardNumber = false;
		return this.#writeObject(event);
	}

	readonly #writeAny = (value: unknown): string => {
		this.mayHoldCardNumber = true;
		return canonicalJson(value);
	};

	readonly #writeText = (text: string): string => {
		let digits = 0;
		for (let index = 0; index < text.length; index++) {
			const unit = text.charCodeAt(index);
			if (unit >= 0x30 && unit <= 0x39) digits++;
			// What JSON escapes, or might.
			else if (unit < 0x20 || unit === 0x22 || unit === 0x5c || unit >= 0xd800) return this.#writeAny(text);
		}
		if (digits >= CARD_NUMBER_LENGTH_MIN) this.mayHoldCardNumber = true;
		return `"${text}"`;
	};

	/** A function for one kind of object; undefined where its keys are not all known or none is sure to be there. */
	#compile(schema: TSchema): ((value: object) => string) | undefined {
		const { type, properties, required, additionalProperties } = schema as ObjectSchema;
		if (type !== "object" || properties === undefined || additionalProperties !== false) return undefined;
		const keys = Object.keys(properties).sort();
		const first = keys.find((key) => required?.includes(key));
		if (first === undefined) return undefined;
		const writers = keys.map((key) => this.#writerOf(key, properties[key] as ObjectSchema));
		const statements = keys.map((key, index) => {
			const label = `${JSON.stringify(key)}:`;
			const member = `value[${JSON.stringify(key)}]`;
			// Commas hang on the first key that is sure to be there: after those before it, before those after it.
			const [before, after] = key === first ? ["", ""] : key < first ? ["", ","] : [",", ""];
			const statement = `text += ${JSON.stringify(before + label)} + write${index}(${member}) + "${after}";`;
			return required?.includes(key) ? statement : `if (${member} !== undefined) ${statement}`;
		});
		const names = writers.map((_, index) => `write${index}`);
		return new Function(...names, `return (value) => { let text = "{"; ${statements.join("\n")} return text + "}"; };`)(
			...writers,
		);
	}

	#writerOf(key: string, schema: ObjectSchema): (value: never) => string {
		if (schema.type === "integer") return String;
		if (this.#coded.has(key)) return canonicalJson;
		if (schema.type === "string" || schema.enum?.every((value) => typeof value === "string")) return this.#writeText;
		const item = schema.type === "array" && schema.items ? this.#compile(schema.items) : undefined;
		return item === undefined ? this.#writeAny : (items: object[]) => arrayText(items, item);
	}
}

type ObjectSchema = TSchema & {
	type?: string;
	properties?: Record<string, TSchema>;
	required?: string[];
	additionalProperties?: unknown;
	items?: TSchema;
	enum?: unknown[];
};

function arrayText(items: readonly object[], write: (item: object) => string): string {
	let text = "[";
	for (let index = 0; index < items.length; index++) text += (index > 0 ? "," : "") + write(items[index] as object);
	return `${text}]`;
}
