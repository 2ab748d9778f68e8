const two = (value: number): string => String(value).padStart(2, "0");

/** RFC 3339 with this device's own offset, as contracts want it: 2026-11-23T10:15:00.000+01:00. */
export function localTimestamp(date: Date): string {
	const offset = -date.getTimezoneOffset();
	const zone = `${offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
	const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
	return `${localDay(date)}T${time}.${String(date.getMilliseconds()).padStart(3, "0")}${zone}`;
}

/** The local calendar day: 2026-11-23. */
export const localDay = (date: Date): string =>
	`${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
