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
const table: Readonly<Record<number, Progress>> = {
	0: waits("Bedrag bevestigen op de pinautomaat", "Confirm the amount on the terminal"),
	1: waits("Volg de pinautomaat", "Follow the PIN pad"),
	2: waits("Volg de pinautomaat", "Follow the PIN pad"),
	3: works("Niet geaccepteerd", "Not accepted"),
	4: works("Wachten op de bank", "Waiting for the bank"),
	5: works("De betaling wordt teruggedraaid", "The payment is being reversed"),
	6: works("Boekingen worden nagestuurd", "Bookings are being sent"),
	7: works("Kaart niet toegelaten", "Card not admitted"),
	8: works("Kaart onbekend", "Card unknown"),
	9: works("Kaart verlopen", "Card expired"),
	10: waits("Wachten op de kaart", "Waiting for the card"),
	11: works("Haal de kaart eruit", "Take the card out"),
	12: works("Kaart niet leesbaar", "Card not readable"),
	13: works("Fout bij de verwerking", "Processing error"),
	14: works("Even geduld", "Please wait"),
	15: works("Dagafsluiting is bezig", "An end of day is under way"),
	16: works("Ongeldige kaart", "Invalid card"),
	18: works("Storing", "Malfunction"),
	19: works("Niet mogelijk", "Not possible"),
	20: works("Saldo onvoldoende", "Not enough credit"),
	21: works("Pincode onjuist", "Wrong PIN"),
	22: works("Limiet bereikt", "Limit reached"),
	23: works("Even geduld", "Please wait"),
	24: works("Te vaak een verkeerde pincode", "Too many wrong PINs"),
	25: works("Gegevens van de kaart kloppen niet", "Card data are wrong"),
	26: works("De pinautomaat is in servicestand", "The terminal is in service mode"),
	28: works("Betaald", "Paid"),
	29: works("Geweigerd", "Declined"),
	104: works("Kaart ingevoerd", "Card inserted"),
	105: waits("Klant kiest de valuta", "The customer chooses the currency"),
	200: waits("De pinautomaat wacht op de kassier", "The terminal waits for the cashier"),
	201: works("Diagnose is bezig", "A diagnosis is under way"),
	202: works("Initialisatie is bezig", "Initialisation is under way"),
	203: works("Het journaal is vol", "The journal is full"),
	210: works("Verbinding maken", "Connecting"),
	211: works("Verbonden", "Connected"),
	224: waits("Klant kiest een toepassing", "The customer chooses an application"),
	225: waits("Klant kiest een taal", "The customer chooses a language"),
	241: works("Offline", "Off line"),
	242: works("Online", "On line"),
};

const CARD_OUT_FIRST = 0x41;
const CARD_OUT_LAST = 0x5d;

/** Undefined where the sheet has no such status: then the terminal's own text says it. */
export function progressOf(status: number): Progress | undefined {
	const known = table[status];
	if (known || status < CARD_OUT_FIRST || status > CARD_OUT_LAST) return known;
	const base = table[status - 0x40];
	if (!base) return undefined;
	return { nl: `${base.nl}; haal de kaart eruit`, en: `${base.en}; take the card out`, mayCancel: false };
}

/** 04 FF: status, minutes that the whole may take from now, and the terminal's own text. Throws WireError. */
export function decodeProgress(data: Uint8Array): { status: number; minutes?: number; words?: string } {
	const [status] = data;
	if (status === undefined) throw new WireError("an intermediate status without status");
	// A timeout of six minutes is the byte that begins the container too: it is the container where that fills the rest.
	const bare = decodeBmps(data.subarray(1));
	const isBare = bare.unread.length === 0 && bare.fields[0]?.tag === TLV_CONTAINER;
	const { fields } = isBare ? bare : decodeBmps(data.subarray(2));
	const minutes = isBare ? 0 : Number(decodeDigits(data.subarray(1, 2)) ?? 0);
	const container = findBmp(fields, TLV_CONTAINER);
	const text = container && findTlv(decodeTlvs(container).objects, tag.text);
	return { status, ...(minutes > 0 ? { minutes } : {}), ...(text ? { words: decodeText(text) } : {}) };
}
