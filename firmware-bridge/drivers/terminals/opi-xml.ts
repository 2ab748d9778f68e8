/**
 * The XML that OPI speaks, read strictly and within bounds (saxes expands no entities but XML's own five, and no DTD),
 * without namespaces: terminals leave them out, or send another one than the standard's.
 */
import { SaxesParser } from "saxes";

const DEPTH_MAX = 16;
const ELEMENTS_MAX = 2000;
const ATTRIBUTES_MAX = 64;

/** Names without their prefixes. */
export type XmlElement = {
	name: string;
	attributes: Record<string, string>;
	children: XmlElement[];
	/** Its own text, without its children's. */
	text: string;
};

/** Why bytes are no document that we read. */
export class XmlError extends Error {
	constructor(reason: string) {
		super(reason);
		this.name = "XmlError";
	}
}

/** Throws XmlError. A document that is cut off is read as far as it goes, where it may be. */
export function parseXml(bytes: Uint8Array, { isCutOff = false } = {}): XmlElement {
	const parser = new SaxesParser();
	const open: XmlElement[] = [];
	let root: XmlElement | undefined;
	let elements = 0;
	parser.on("error", (error) => {
		throw new XmlError(error.message);
	});
	parser.on("doctype", () => {
		throw new XmlError("a document type, which OPI has no use for");
	});
	parser.on("opentag", (tag) => {
		const attributes = Object.entries(tag.attributes).filter(([name]) => !/^xmlns(:|$)/.test(name));
		if (++elements > ELEMENTS_MAX || open.length >= DEPTH_MAX || attributes.length > ATTRIBUTES_MAX) {
			throw new XmlError("larger or deeper than any OPI message");
		}
		const element: XmlElement = {
			name: localName(tag.name),
			attributes: Object.fromEntries(attributes.map(([name, value]) => [localName(name), value])),
			children: [],
			text: "",
		};
		open.at(-1)?.children.push(element);
		root ??= element;
		open.push(element);
	});
	const take = (text: string): void => {
		const element = open.at(-1);
		if (element) element.text += text;
	};
	parser.on("text", take);
	parser.on("cdata", take);
	parser.on("closetag", () => open.pop());
	parser.write(textOf(bytes));
	if (!isCutOff) parser.close();
	if (!root) throw new XmlError("no element");
	return root;
}

/**
 * Some terminals declare UTF-8 and send ISO-8859-1, or the other way round: bytes that are UTF-8 are read so, all others
 * as ISO-8859-1. Control characters, which a receipt's text may hold and XML may not, become spaces.
 */
function textOf(bytes: Uint8Array): string {
	const printable = bytes.map((byte) =>
		byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d ? byte : 0x20,
	);
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(printable);
	} catch {
		return Buffer.from(printable).toString("latin1");
	}
}

const localName = (name: string): string => name.slice(name.indexOf(":") + 1);

export const childOf = (element: XmlElement | undefined, ...names: string[]): XmlElement | undefined =>
	element?.children.find((child) => names.includes(child.name));

export const childrenOf = (element: XmlElement, name: string): XmlElement[] =>
	element.children.filter((child) => child.name === name);

/** An element to send: undefined attributes are left out. */
export function xml(
	name: string,
	attributes: Record<string, string | undefined> = {},
	...content: readonly (string | Markup)[]
): Markup {
	const start = Object.entries(attributes)
		.filter(([, value]) => value !== undefined)
		.map(([key, value]) => ` ${key}="${escapeXml(value as string)}"`)
		.join("");
	if (content.length === 0) return { markup: `<${name}${start}/>` };
	const inside = content.map((part) => (typeof part === "string" ? escapeXml(part) : part.markup)).join("");
	return { markup: `<${name}${start}>${inside}</${name}>` };
}

/** Text that is XML already. */
export type Markup = { readonly markup: string };

const ENTITIES: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"\t": "&#9;",
	"\n": "&#10;",
	"\r": "&#13;",
};

const escapeXml = (text: string): string => text.replace(/[&<>"\t\n\r]/g, (character) => ENTITIES[character] as string);
