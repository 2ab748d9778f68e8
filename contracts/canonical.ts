/**
 * Canonical JSON (RFC 8785, JCS): keys sorted by UTF-16 code unit, no white space, numbers as ECMAScript prints them.
 * The same value has the same bytes on every machine, so its hash can be checked anywhere.
 * Throws a TypeError for what JSON cannot say (undefined inside arrays, NaN, functions).
 */
export function canonicalJson(value: unknown): string {
	if (value === null || typeof value === "boolean") return String(value);
	if (typeof value === "string") return JSON.stringify(value);
	if (typeof value === "number") {
		if (!Number.isFinite(value)) throw new TypeError("canonical JSON has no NaN or Infinity");
		return JSON.stringify(value);
	}
	if (Array.isArray(value)) {
		let text = "[";
		for (let index = 0; index < value.length; index++) text += (index ? "," : "") + canonicalJson(value[index]);
		return `${text}]`;
	}
	if (typeof value !== "object") throw new TypeError(`canonical JSON has no ${typeof value}`);
	const object = value as Record<string, unknown>;
	let text = "{";
	for (const key of Object.keys(object).sort()) {
		const member = object[key];
		if (member === undefined) continue;
		text += `${text.length > 1 ? "," : ""}${JSON.stringify(key)}:${canonicalJson(member)}`;
	}
	return `${text}}`;
}
