import { language } from "../kit/language.ts";

/** A product or line as it is called on this screen; the receipt speaks the shop's language. */
export const lineName = ({ name, nameEn }: { name: string; nameEn?: string }): string =>
	language.value === "en" ? (nameEn ?? name) : name;
