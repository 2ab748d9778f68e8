import type { Credentials } from "@kassahub/contracts/credentials.ts";
import { createRest } from "./rest.ts";

/** The six digits of a link with `#code=`, or of what a person types; undefined where it is none. */
export function readCode(text: string): string | undefined {
	const digits = text.replace(/^.*#code=/s, "").replace(/[\s-]/g, "");
	return /^\d{6}$/.test(digits) ? digits : undefined;
}

/** Trades a code for this device's credentials. Rejects with RestRefused where it is wrong or over. */
export const redeemCode = (code: string): Promise<Credentials> =>
	createRest(undefined).post<Credentials>("/pair", { code });
