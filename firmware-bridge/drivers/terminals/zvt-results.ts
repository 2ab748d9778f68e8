import type { TerminalAnswer } from "@kassahub/contracts/terminal-answer.ts";

/** A result code in words for the cashier, and what it makes of a payment. */
export type ZvtResult = { status: Exclude<TerminalAnswer["status"], "approved">; nl: string; en: string };

const declined = (nl: string, en: string): ZvtResult => ({ status: "declined", nl, en });
const failed = (nl: string, en: string): ZvtResult => ({ status: "failed", nl, en });

/** Sheet, section 5: BMP 27, 06 1E and the second byte of 84 xx. */
export const ABORTED = 0x6c;
export const NOT_REGISTERED = 0x6b;
export const WRONG_CURRENCY = 0x6f;
export const PLEASE_WAIT = 0x9c;
export const PARSE_ERROR = 0x9a;
export const NOT_POSSIBLE = 0x83;
export const PROCESSING_ERROR = 0x66;

const results: Readonly<Record<number, ZvtResult>> = {
	100: declined("De kaart kan niet worden gelezen", "The card cannot be read"),
	101: declined("Gegevens van de kaart ontbreken", "Card data are missing"),
	[PROCESSING_ERROR]: failed("Fout bij de verwerking", "Processing error"),
	103: declined("Niet mogelijk met deze bankpas", "Not possible with this debit card"),
	104: declined("Niet mogelijk met deze creditcard", "Not possible with this credit card"),
	106: failed("Het geheugen van de pinautomaat is vol", "The terminal's turnover file is full"),
	[NOT_REGISTERED]: failed("De pinautomaat kent deze kassa niet meer", "The terminal no longer knows this register"),
	[ABORTED]: { status: "cancelled", nl: "Afgebroken", en: "Cancelled" },
	110: declined("De kaart is geblokkeerd", "The card is blocked"),
	[WRONG_CURRENCY]: failed("Verkeerde valuta", "Wrong currency"),
	113: declined("Saldo onvoldoende", "Not enough credit"),
	114: declined("Fout in de chip", "Chip error"),
	115: declined("Gegevens van de kaart kloppen niet", "Card data are incorrect"),
	116: failed("Sleutels van de pinautomaat zijn op", "The terminal's keys are exhausted"),
	117: failed("Een tekst is niet echt", "A text is not authentic"),
	118: declined("Deze kaart wordt niet geaccepteerd", "This card is not accepted"),
	119: failed("Dagafsluiting niet mogelijk", "End of day is not possible"),
	120: declined("De kaart is verlopen", "The card has expired"),
	121: declined("De kaart is nog niet geldig", "The card is not yet valid"),
	122: declined("Onbekende kaart", "Unknown card"),
	123: declined("Magneetstrip niet mogelijk", "Fallback to the magnetic stripe is not possible"),
	124: declined("Magneetstrip niet mogelijk", "Fallback to the magnetic stripe is not possible"),
	125: failed("Storing in de verbinding", "The communication module reports an error"),
	126: declined("Magneetstrip niet mogelijk", "Fallback is not possible"),
	[NOT_POSSIBLE]: failed("De pinautomaat kan dit niet", "The terminal cannot do this"),
	133: failed("Een sleutel ontbreekt", "A key is missing"),
	137: failed("Het toetsenbord is defect", "The PIN pad is defective"),
	[PARSE_ERROR]: failed("De pinautomaat begrijpt de kassa niet", "The terminal does not understand the register"),
	155: failed("Geen verbinding met de bank", "No connection to the bank"),
	[PLEASE_WAIT]: failed("De pinautomaat is bezig", "The terminal is busy"),
	160: failed("De ontvanger is niet klaar", "The receiver is not ready"),
	161: failed("De bank antwoordt niet", "The bank does not answer"),
	163: failed("Geen verbinding met de bank", "No connection to the bank"),
	165: failed("Niet toegestaan door beveiligingsregels", "Security rules do not allow it"),
	177: failed("Het geheugen is vol", "The memory is full"),
	178: failed("Het journaal is vol", "The journal is full"),
	180: failed("Al eerder teruggedraaid", "Already reversed"),
	181: failed("Terugdraaien is niet mogelijk", "A reversal is not possible"),
	183: failed("Het bedrag klopt niet", "The amount is wrong"),
	191: failed("De spanning is te laag", "The voltage is too low"),
	192: declined("De kaartlezer is vergrendeld", "The card slot is locked"),
	193: failed("De winkelkaart is geblokkeerd", "The merchant card is locked"),
	194: failed("Eerst een diagnose nodig", "A diagnosis is required first"),
	195: declined("Bedrag te hoog", "The amount is above the maximum"),
	196: failed("Het kaartprofiel is ongeldig", "The card profile is invalid"),
	197: declined("Betaalwijze niet mogelijk", "This method of payment is not supported"),
	198: failed("Valuta niet mogelijk", "The currency is not supported"),
	200: declined("Bedrag te laag", "The amount is too small"),
	201: declined("Maximumbedrag te laag", "The maximum amount is too small"),
	203: failed("Alleen in euro", "Only in euro"),
	204: failed("De printer is niet klaar", "The printer is not ready"),
	205: declined("Contant opnemen is niet mogelijk", "No cashback is possible"),
	210: declined("Dit is een servicekaart", "This is a service card"),
	220: declined("Er zit nog een kaart in de lezer", "A card is still in the reader"),
	221: failed("De kaart komt er niet uit", "The card cannot be ejected"),
	222: failed("De kaart kan er niet in", "The card cannot be inserted"),
	224: failed("Onderhoud op afstand is bezig", "Remote maintenance is under way"),
	226: failed("De kaartlezer is defect", "The card reader is defective"),
	227: failed("De klep van de lezer sluit niet", "The shutter does not close"),
	228: failed("De pinautomaat moet worden geactiveerd", "The terminal has to be activated"),
	235: declined("Pincode niet mogelijk", "PIN entry is not possible"),
	236: declined("Pincode niet mogelijk", "PIN entry is not possible"),
	237: failed("Het toetsenbord antwoordt niet", "The PIN pad does not answer"),
	240: failed("Eerst een dagafsluiting nodig", "An end of day is required first"),
	251: failed("Gegevens van de pinautomaat zijn defect", "The terminal's data set is defective"),
	252: failed("Een onderdeel ontbreekt", "A device is missing"),
	255: failed("Systeemfout in de pinautomaat", "System error of the terminal"),
};

const HOST_MAX = 0x63;
/** The host's response code is decimal; only this one's meaning is in the sheet. */
const WRONG_PIN = 55;

/** What a code says; `00` is none of these. */
export function resultOf(code: number): ZvtResult {
	const known = results[code];
	if (known) return known;
	if (code === WRONG_PIN) return declined("Pincode onjuist", "The PIN is incorrect");
	if (code <= HOST_MAX) return declined(`Geweigerd door de bank (${code})`, `Declined by the bank (${code})`);
	const hex = code.toString(16).toUpperCase().padStart(2, "0");
	return failed(`Fout ${hex} van de pinautomaat`, `Error ${hex} of the terminal`);
}

/** Code and words for whoever calls the terminal's supplier. */
export function reasonOf(code: number, words?: string): string {
	const own = words ? `: ${words}` : "";
	return `${code.toString(16).toUpperCase().padStart(2, "0")} ${resultOf(code).en}${own}`.slice(0, 120);
}
