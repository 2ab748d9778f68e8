/**
 * The part of Jinja that sensors' discovery messages really use: one expression of the value, attributes and items of its
 * JSON, a few filters, and multiplication and division. Read into a tree and walked: nothing is ever run as code.
 */

import { readNumber } from "./quantities.ts";

/** What a template makes of a payload. absent: this message says nothing of it. */
export type Rendered =
	| { kind: "text"; text: string }
	| { kind: "absent" }
	/** It says that there is no value, or one that is none. */
	| { kind: "bad"; why: string }
	| { kind: "malformed"; why: string };
export type Template = { render(payload: string): Rendered };

/** A template that is none, or does more than is understood here. */
export class TemplateUnsupported extends Error {
	constructor(why: string) {
		super(why);
		this.name = "TemplateUnsupported";
	}
}

const LENGTH_MAX = 500;
const DEPTH_MAX = 20;

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Value = Json | undefined;
type Scope = { value: string; json: () => Value };
type Node = (scope: Scope) => Value;

/** Why a payload gives no value by a template that is well. */
class Bad extends Error {
	readonly kind: "bad" | "malformed";
	constructor(why: string, kind: "bad" | "malformed" = "bad") {
		super(why);
		this.kind = kind;
	}
}

/** Throws TemplateUnsupported. */
export function readTemplate(text: string): Template {
	if (text.length > LENGTH_MAX) throw new TemplateUnsupported(`longer than ${LENGTH_MAX} characters`);
	const [, inner] = /^\s*\{\{-?(.*?)-?\}\}\s*$/s.exec(text) ?? [];
	if (inner === undefined || inner.includes("{{")) throw new TemplateUnsupported(`not one {{ expression }}: ${text}`);
	const root = new Parser(inner).read();
	return {
		render(payload) {
			try {
				return asText(root({ value: payload, json: lazyJson(payload) }));
			} catch (error) {
				if (error instanceof Bad) return { kind: error.kind, why: error.message };
				throw error;
			}
		},
	};
}

function asText(value: Value): Rendered {
	if (value === undefined) return { kind: "absent" };
	if (value === null) return { kind: "bad", why: "null" };
	// As Python writes it, which payload_on and payload_off are compared with.
	if (typeof value === "boolean") return { kind: "text", text: value ? "True" : "False" };
	if (typeof value === "object") return { kind: "bad", why: "a list or an object where a value was expected" };
	return { kind: "text", text: String(value) };
}

function lazyJson(payload: string): () => Value {
	let parsed: { value: Value } | undefined;
	return () => {
		if (parsed) return parsed.value;
		try {
			parsed = { value: JSON.parse(payload) as Value };
		} catch {
			throw new Bad("no JSON", "malformed");
		}
		return parsed.value;
	};
}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|('[^'\\]*'|"[^"\\]*")|([A-Za-z_]\w*)|([.()[\]|,*/-]))/y;
type Token = { number?: string; string?: string; name?: string; sign?: string };

class Parser {
	readonly #tokens: Token[] = [];
	#at = 0;
	#depth = 0;

	constructor(text: string) {
		TOKEN.lastIndex = 0;
		while (TOKEN.lastIndex < text.trimEnd().length) {
			const from = TOKEN.lastIndex;
			const match = TOKEN.exec(text);
			if (!match) throw new TemplateUnsupported(`not understood: ${text.slice(from).trim()}`);
			const [, number, string, name, sign] = match;
			this.#tokens.push({
				...(number === undefined ? {} : { number }),
				...(string === undefined ? {} : { string: string.slice(1, -1) }),
				...(name === undefined ? {} : { name }),
				...(sign === undefined ? {} : { sign }),
			});
		}
	}

	read(): Node {
		const node = this.#product();
		if (this.#at < this.#tokens.length) throw new TemplateUnsupported("more than one expression");
		return node;
	}

	#product(): Node {
		if (++this.#depth > DEPTH_MAX) throw new TemplateUnsupported("nested too deep");
		let node = this.#filtered();
		for (;;) {
			const sign = this.#take("*") ? "*" : this.#take("/") ? "/" : undefined;
			if (!sign) break;
			const [left, right] = [node, this.#filtered()];
			node = (scope) => calculate(sign, left(scope), right(scope));
		}
		this.#depth--;
		return node;
	}

	#filtered(): Node {
		let node = this.#operand();
		while (this.#take("|")) {
			const name = this.#tokens[this.#at++]?.name ?? "";
			const filter = filters.get(name);
			if (!filter) throw new TemplateUnsupported(`filter ${name}`);
			const given = this.#take("(") ? this.#argument() : undefined;
			const inner = node;
			node = (scope) => filter(inner(scope), given);
		}
		return node;
	}

	#argument(): Value {
		if (this.#take(")")) return undefined;
		const isNegative = this.#take("-");
		const token = this.#tokens[this.#at++];
		this.#expect(")");
		if (token?.number !== undefined) return isNegative ? -Number(token.number) : Number(token.number);
		if (token?.string !== undefined && !isNegative) return token.string;
		throw new TemplateUnsupported("an argument that is neither a number nor a text");
	}

	#operand(): Node {
		if (this.#take("(")) {
			const inner = this.#product();
			this.#expect(")");
			return this.#path(inner);
		}
		const isNegative = this.#take("-");
		const token = this.#tokens[this.#at++];
		if (token?.number !== undefined) {
			const constant = isNegative ? -Number(token.number) : Number(token.number);
			return () => constant;
		}
		if (isNegative) throw new TemplateUnsupported("a minus sign before something else than a number");
		if (token?.name === "value") return ({ value }) => value;
		if (token?.name === "value_json") return this.#path(({ json }) => json());
		throw new TemplateUnsupported(`${token?.name ?? token?.sign ?? "nothing"} where a value was expected`);
	}

	#path(root: Node): Node {
		let node = root;
		for (;;) {
			let key: string | number;
			if (this.#take(".")) {
				const { name } = this.#tokens[this.#at++] ?? {};
				if (name === undefined) throw new TemplateUnsupported("a dot without a name behind it");
				if (this.#tokens[this.#at]?.sign === "(") throw new TemplateUnsupported(`a call of ${name}`);
				key = name;
			} else if (this.#take("[")) {
				const { string, number } = this.#tokens[this.#at++] ?? {};
				this.#expect("]");
				if (string === undefined && number === undefined) throw new TemplateUnsupported("an item without its name");
				key = string ?? Number(number);
			} else return node;
			const inner = node;
			node = (scope) => itemOf(inner(scope), key);
		}
	}

	#take(sign: string): boolean {
		if (this.#tokens[this.#at]?.sign !== sign) return false;
		this.#at++;
		return true;
	}

	#expect(sign: string): void {
		if (!this.#take(sign)) throw new TemplateUnsupported(`${sign} is missing`);
	}
}

function itemOf(value: Value, key: string | number): Value {
	if (typeof value !== "object" || value === null) return undefined;
	if (Array.isArray(value)) return typeof key === "number" ? value[key] : undefined;
	return Object.hasOwn(value, String(key)) ? value[String(key)] : undefined;
}

function calculate(sign: "*" | "/", left: Value, right: Value): Value {
	if (left === undefined || right === undefined) return undefined;
	const [a, b] = [numberOf(left), numberOf(right)];
	if (a === undefined || b === undefined) throw new Bad("no number to calculate with");
	return finite(sign === "*" ? a * b : a / b);
}

/** In Jinja a text is no number: "2" * 3 is "222". Only what is one, or was made one by a filter, is calculated with. */
const numberOf = (value: Value): number | undefined => (typeof value === "number" ? value : undefined);

function finite(value: number): number {
	if (!Number.isFinite(value)) throw new Bad("no finite number");
	return value;
}

type Filter = (value: Value, given: Value) => Value;

/** Absent values stay absent, unless a default takes their place. */
const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>([
	["float", (value, given) => toNumber(value, given)],
	[
		"int",
		(value, given) => {
			const number = toNumber(value, given);
			return typeof number === "number" ? Math.trunc(number) : number;
		},
	],
	[
		"round",
		(value, given) => {
			if (value === undefined) return undefined;
			const number = numberOf(value);
			if (number === undefined) throw new Bad("no number to round");
			const factor = 10 ** Math.min(9, Math.max(0, typeof given === "number" ? Math.trunc(given) : 0));
			return finite(Math.round(number * factor) / factor);
		},
	],
	["default", (value, given) => (value === undefined ? (given ?? "") : value)],
]);

function toNumber(value: Value, given: Value): Value {
	if (value === undefined && given === undefined) return undefined;
	if (typeof value === "number") return value;
	if (typeof value === "boolean") return Number(value);
	const number = typeof value === "string" ? readNumber(value) : undefined;
	if (number !== undefined) return number;
	if (given === undefined) throw new Bad("no number");
	return given;
}
