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

const results = new Map<number, ZvtResult>([
	[0x64, declined("De kaart kan niet worden gelezen", "The card cannot be read")],
	[0x65, declined("Gegevens van de kaart ontbreken", "Card data are missing")],
	[PROCESSING_ERROR, failed("Fout bij de verwerking", "Processing error")],
	[0x67, declined("Niet mogelijk met deze bankpas", "Not possible with this debit card")],
	[0x68, declined("Niet mogelijk met deze creditcard", "Not possible with this credit card")],
	[0x6a, failed("Het geheugen van de pinautomaat is vol", "The terminal's turnover file is full")],
	[NOT_REGISTERED, failed("De pinautomaat kent deze kassa niet meer", "The terminal no longer knows this register")],
	[ABORTED, { status: "cancelled", nl: "Afgebroken", en: "Cancelled" }],
	[0x6e, declined("De kaart is geblokkeerd", "The card is blocked")],
	[WRONG_CURRENCY, failed("Verkeerde valuta", "Wrong currency")],
	[0x71, declined("Saldo onvoldoende", "Not enough credit")],
	[0x72, declined("Fout in de chip", "Chip error")],
	[0x73, declined("Gegevens van de kaart kloppen niet", "Card data are incorrect")],
	[0x74, failed("Sleutels van de pinautomaat zijn op", "The terminal's keys are exhausted")],
	[0x75, failed("Een tekst is niet echt", "A text is not authentic")],
	[0x76, declined("Deze kaart wordt niet geaccepteerd", "This card is not accepted")],
	[0x77, failed("Dagafsluiting niet mogelijk", "End of day is not possible")],
	[0x78, declined("De kaart is verlopen", "The card has expired")],
	[0x79, declined("De kaart is nog niet geldig", "The card is not yet valid")],
	[0x7a, declined("Onbekende kaart", "Unknown card")],
	[0x7b, declined("Magneetstrip niet mogelijk", "Fallback to the magnetic stripe is not possible")],
	[0x7c, declined("Magneetstrip niet mogelijk", "Fallback to the magnetic stripe is not possible")],
	[0x7d, failed("Storing in de verbinding", "The communication module reports an error")],
	[0x7e, declined("Magneetstrip niet mogelijk", "Fallback is not possible")],
	[NOT_POSSIBLE, failed("De pinautomaat kan dit niet", "The terminal cannot do this")],
	[0x85, failed("Een sleutel ontbreekt", "A key is missing")],
	[0x89, failed("Het toetsenbord is defect", "The PIN pad is defective")],
	[PARSE_ERROR, failed("De pinautomaat begrijpt de kassa niet", "The terminal does not understand the register")],
	[0x9b, failed("Geen verbinding met de bank", "No connection to the bank")],
	[PLEASE_WAIT, failed("De pinautomaat is bezig", "The terminal is busy")],
	[0xa0, failed("De ontvanger is niet klaar", "The receiver is not ready")],
	[0xa1, failed("De bank antwoordt niet", "The bank does not answer")],
	[0xa3, failed("Geen verbinding met de bank", "No connection to the bank")],
	[0xa5, failed("Niet toegestaan door beveiligingsregels", "Security rules do not allow it")],
	[0xb1, failed("Het geheugen is vol", "The memory is full")],
	[0xb2, failed("Het journaal is vol", "The journal is full")],
	[0xb4, failed("Al eerder teruggedraaid", "Already reversed")],
	[0xb5, failed("Terugdraaien is niet mogelijk", "A reversal is not possible")],
	[0xb7, failed("Het bedrag klopt niet", "The amount is wrong")],
	[0xbf, failed("De spanning is te laag", "The voltage is too low")],
	[0xc0, declined("De kaartlezer is vergrendeld", "The card slot is locked")],
	[0xc1, failed("De winkelkaart is geblokkeerd", "The merchant card is locked")],
	[0xc2, failed("Eerst een diagnose nodig", "A diagnosis is required first")],
	[0xc3, declined("Bedrag te hoog", "The amount is above the maximum")],
	[0xc4, failed("Het kaartprofiel is ongeldig", "The card profile is invalid")],
	[0xc5, declined("Betaalwijze niet mogelijk", "This method of payment is not supported")],
	[0xc6, failed("Valuta niet mogelijk", "The currency is not supported")],
	[0xc8, declined("Bedrag te laag", "The amount is too small")],
	[0xc9, declined("Maximumbedrag te laag", "The maximum amount is too small")],
	[0xcb, failed("Alleen in euro", "Only in euro")],
	[0xcc, failed("De printer is niet klaar", "The printer is not ready")],
	[0xcd, declined("Contant opnemen is niet mogelijk", "No cashback is possible")],
	[0xd2, declined("Dit is een servicekaart", "This is a service card")],
	[0xdc, declined("Er zit nog een kaart in de lezer", "A card is still in the reader")],
	[0xdd, failed("De kaart komt er niet uit", "The card cannot be ejected")],
	[0xde, failed("De kaart kan er niet in", "The card cannot be inserted")],
	[0xe0, failed("Onderhoud op afstand is bezig", "Remote maintenance is under way")],
	[0xe2, failed("De kaartlezer is defect", "The card reader is defective")],
	[0xe3, failed("De klep van de lezer sluit niet", "The shutter does not close")],
	[0xe4, failed("De pinautomaat moet worden geactiveerd", "The terminal has to be activated")],
	[0xeb, declined("Pincode niet mogelijk", "PIN entry is not possible")],
	[0xec, declined("Pincode niet mogelijk", "PIN entry is not possible")],
	[0xed, failed("Het toetsenbord antwoordt niet", "The PIN pad does not answer")],
	[0xf0, failed("Eerst een dagafsluiting nodig", "An end of day is required first")],
	[0xfb, failed("Gegevens van de pinautomaat zijn defect", "The terminal's data set is defective")],
	[0xfc, failed("Een onderdeel ontbreekt", "A device is missing")],
	[0xff, failed("Systeemfout in de pinautomaat", "System error of the terminal")],
]);

const HOST_MAX = 0x63;
/** The host's response code is decimal; only this one's meaning is in the sheet. */
const WRONG_PIN = 55;

/** What a code says; `00` is none of these. */
export function resultOf(code: number): ZvtResult {
	const known = results.get(code);
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
