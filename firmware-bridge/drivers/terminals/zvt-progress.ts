import { WireError } from "../wire.ts";
import { decodeText } from "./cp437.ts";
import { decodeBmps, findBmp, TLV_CONTAINER } from "./zvt-bmp.ts";
import { decodeDigits } from "./zvt-digits.ts";
import { decodeTlvs, findTlv, tag } from "./zvt-tlv.ts";

/** How far a payment is, in words for the cashier, and whether it can still be called off. */
export type Progress = { nl: string; en: string; mayCancel: boolean };

const waits = (nl: string, en: string): Progress => ({ nl, en, mayCancel: true });
const works = (nl: string, en: string): Progress => ({ nl, en, mayCancel: false });

/** Sheet, section 5, the short list of 04 FF. An abort is of use while a card or a choice is waited for. */
const table = new Map<number, Progress>([
	[0x00, waits("Bedrag bevestigen op de pinautomaat", "Confirm the amount on the terminal")],
	[0x01, waits("Volg de pinautomaat", "Follow the PIN pad")],
	[0x02, waits("Volg de pinautomaat", "Follow the PIN pad")],
	[0x03, works("Niet geaccepteerd", "Not accepted")],
	[0x04, works("Wachten op de bank", "Waiting for the bank")],
	[0x05, works("De betaling wordt teruggedraaid", "The payment is being reversed")],
	[0x06, works("Boekingen worden nagestuurd", "Bookings are being sent")],
	[0x07, works("Kaart niet toegelaten", "Card not admitted")],
	[0x08, works("Kaart onbekend", "Card unknown")],
	[0x09, works("Kaart verlopen", "Card expired")],
	[0x0a, waits("Wachten op de kaart", "Waiting for the card")],
	[0x0b, works("Haal de kaart eruit", "Take the card out")],
	[0x0c, works("Kaart niet leesbaar", "Card not readable")],
	[0x0d, works("Fout bij de verwerking", "Processing error")],
	[0x0e, works("Even geduld", "Please wait")],
	[0x0f, works("Dagafsluiting is bezig", "An end of day is under way")],
	[0x10, works("Ongeldige kaart", "Invalid card")],
	[0x12, works("Storing", "Malfunction")],
	[0x13, works("Niet mogelijk", "Not possible")],
	[0x14, works("Saldo onvoldoende", "Not enough credit")],
	[0x15, works("Pincode onjuist", "Wrong PIN")],
	[0x16, works("Limiet bereikt", "Limit reached")],
	[0x17, works("Even geduld", "Please wait")],
	[0x18, works("Te vaak een verkeerde pincode", "Too many wrong PINs")],
	[0x19, works("Gegevens van de kaart kloppen niet", "Card data are wrong")],
	[0x1a, works("De pinautomaat is in servicestand", "The terminal is in service mode")],
	[0x1c, works("Betaald", "Paid")],
	[0x1d, works("Geweigerd", "Declined")],
	[0x68, works("Kaart ingevoerd", "Card inserted")],
	[0x69, waits("Klant kiest de valuta", "The customer chooses the currency")],
	[0xc8, waits("De pinautomaat wacht op de kassier", "The terminal waits for the cashier")],
	[0xc9, works("Diagnose is bezig", "A diagnosis is under way")],
	[0xca, works("Initialisatie is bezig", "Initialisation is under way")],
	[0xcb, works("Het journaal is vol", "The journal is full")],
	[0xd2, works("Verbinding maken", "Connecting")],
	[0xd3, works("Verbonden", "Connected")],
	[0xe0, waits("Klant kiest een toepassing", "The customer chooses an application")],
	[0xe1, waits("Klant kiest een taal", "The customer chooses a language")],
	[0xf1, works("Offline", "Off line")],
	[0xf2, works("Online", "On line")],
]);

const CARD_OUT_FIRST = 0x41;
const CARD_OUT_LAST = 0x5d;

/** Undefined where the sheet has no such status: then the terminal's own text says it. */
export function progressOf(status: number): Progress | undefined {
	const known = table.get(status);
	if (known || status < CARD_OUT_FIRST || status > CARD_OUT_LAST) return known;
	const base = table.get(status - 0x40);
	if (!base) return undefined;
	return { nl: `${base.nl}; haal de kaart eruit`, en: `${base.en}; take the card out`, mayCancel: false };
}

/** 04 FF: status, minutes that the whole may take from now, and the terminal's own text. Throws WireError. */
export function decodeProgress(data: Uint8Array): { status: number; minutes?: number; words?: string } {
	const [status] = data;
	if (status === undefined) throw new WireError("an intermediate status without status");
	// A timeout of six minutes is the byte that begins the container too: it is the container where that is whole.
	const bare = readContainer(data.subarray(1));
	const { words } = bare ?? readContainer(data.subarray(2)) ?? {};
	const minutes = bare ? 0 : Number(decodeDigits(data.subarray(1, 2)) ?? 0);
	return { status, ...(minutes > 0 ? { minutes } : {}), ...(words === undefined ? {} : { words }) };
}

/** The terminal's text in a container and nothing else; undefined where it is no whole container. */
function readContainer(data: Uint8Array): { words?: string } | undefined {
	const { fields, unread } = decodeBmps(data);
	const container = findBmp(fields, TLV_CONTAINER);
	const { objects, unread: rest } = decodeTlvs(container ?? data);
	if (!container || unread.length > 0 || rest.length > 0) return undefined;
	const text = findTlv(objects, tag.text);
	return text ? { words: decodeText(text) } : {};
}
