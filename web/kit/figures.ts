import { formatAmount, formatQuantity } from "@kassahub/contracts/money.ts";
import { kitWords, language } from "./language.ts";

/** Cents as people read them: `€ 1.234,95` (nl) or `€1,234.95` (en). */
export function euro(cents: number): string {
	const plain = formatAmount(Math.abs(cents), language.value);
	const [whole = "0", fraction = "00"] = plain.split(/[.,]/);
	const grouped = whole.replace(/\B(?=(\d{3})+$)/g, language.value === "nl" ? "." : ",");
	const amount = language.value === "nl" ? `€\u00a0${grouped},${fraction}` : `€${grouped}.${fraction}`;
	return cents < 0 ? `−${amount}` : amount;
}

/** Thousandths of a unit as `1,250 kg`, or `2` for pieces. */
export const amountOf = (quantity: number, unit: string): string =>
	formatQuantity(quantity, unit, language.value).replace("-", "−");

export const perUnit = (unit: "pcs" | "kg" | "l" | "m"): string =>
	unit === "pcs" ? "" : `/${kitWords.value.unit[unit]}`;

const locale = (): string => (language.value === "nl" ? "nl-NL" : "en-GB");

export const clockTime = (at: string | number | Date): string =>
	new Date(at).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });

export const clockSeconds = (at: string | number | Date): string =>
	new Date(at).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const dayAndTime = (at: string | number | Date): string => {
	const date = new Date(at);
	if (date.toDateString() === new Date().toDateString()) return clockTime(date);
	return `${date.toLocaleDateString(locale(), { day: "numeric", month: "short" })} ${clockTime(date)}`;
};

export const longDay = (at: string | number | Date): string =>
	new Date(at).toLocaleDateString(locale(), { weekday: "long", day: "numeric", month: "long" });

export const vatPercent = (vatRate: number): string =>
	`${(vatRate / 100).toLocaleString(locale(), { maximumFractionDigits: 2 })}%`;

export const wholeNumber = (value: number): string => value.toLocaleString(locale());

/** Seconds as the largest unit that says enough: `12 s`, `3 min`, `5 u` (nl) or `5 h` (en), `2 d`. */
export function duration(seconds: number): string {
	if (seconds < 60) return `${Math.floor(seconds)} s`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
	if (seconds < 86_400) return `${Math.floor(seconds / 3600)} ${language.value === "nl" ? "u" : "h"}`;
	return `${Math.floor(seconds / 86_400)} d`;
}
