import { type Wire, WireError } from "../wire.ts";
import { starLongNumbers } from "./card-numbers.ts";
import { beginningOf, splitFrames, xmlOf } from "./opi-frames.ts";
import { parseXml, type XmlElement, XmlError } from "./opi-xml.ts";

/** Elements whose text is a card's, whatever it looks like. */
const CARD_DATA = /(<(?:\w+:)?(?:Track\d|ExpiryDate|CardPAN)\b[^>]*>)([^<]*)/g;

export const opiWire: Wire = {
	frames: splitFrames,
	explain,
	mask: (frame) => Buffer.from(masked(Buffer.from(frame).toString("latin1")), "latin1"),
};

const masked = (text: string): string =>
	starLongNumbers(text.replace(CARD_DATA, (_, tag: string, data: string) => tag + "*".repeat(data.length)));

/** The recorder keeps the first part of a long frame: then as much is told as can still be read. */
function explain(frame: Uint8Array): Record<string, unknown> {
	const bytes = xmlOf(frame);
	const kept = bytes ?? beginningOf(frame);
	if (!kept) throw new WireError("the length before the message is not that of the message");
	try {
		const root = parseXml(Buffer.from(masked(Buffer.from(kept).toString("latin1")), "latin1"), { isCutOff: !bytes });
		return { message: root.name, ...contentOf(root), ...(bytes ? {} : { cutOffAfter: kept.length }) };
	} catch (error) {
		if (error instanceof XmlError) throw new WireError(bytes ? error.message : `cut off: ${error.message}`);
		throw error;
	}
}

function contentOf({ attributes, children, text }: XmlElement): Record<string, unknown> {
	const content: Record<string, unknown> = { ...attributes };
	for (const child of children) {
		const plain = isPlain(child) ? child.text.trim() : contentOf(child);
		const others = content[child.name];
		content[child.name] = others === undefined ? plain : [others, plain].flat();
	}
	const own = text.trim();
	return own === "" ? content : { ...content, text: own };
}

const isPlain = ({ attributes, children }: XmlElement): boolean =>
	children.length === 0 && Object.keys(attributes).length === 0;
