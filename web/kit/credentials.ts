import type { Credentials } from "@kassahub/contracts/credentials.ts";

const fields = ["clientId", "username", "password", "token"] as const;

/**
 * Credentials from what a person pastes or a link carries: the JSON that `kassahub pair` prints, its base64url form,
 * or a whole link with `#pair=`. Undefined where it is none of these.
 */
export function readCredentials(text: string): Credentials | undefined {
	const trimmed = text.trim();
	const json = trimmed.startsWith("{") ? trimmed : decodeBase64Url(trimmed.replace(/^.*#pair=/s, ""));
	if (json === undefined) return undefined;
	try {
		const value = JSON.parse(json) as Partial<Record<string, unknown>> | null;
		if (!value || fields.some((field) => typeof value[field] !== "string" || value[field] === "")) return undefined;
		return value as Credentials;
	} catch {
		return undefined;
	}
}

function decodeBase64Url(text: string): string | undefined {
	try {
		return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
	} catch {
		return undefined;
	}
}

const keyOf = (app: string): string => `kassahub.${app}.credentials`;

/** This page's credentials: from the link it was opened with, which is then wiped from the address, or stored before. */
export function takeCredentials(app: string): Credentials | undefined {
	if (location.hash.startsWith("#pair=")) {
		const given = readCredentials(location.hash);
		history.replaceState(null, "", location.pathname + location.search);
		if (given) storeCredentials(app, given);
	}
	const stored = localStorage.getItem(keyOf(app));
	return stored ? readCredentials(stored) : undefined;
}

export function storeCredentials(app: string, credentials: Credentials): void {
	localStorage.setItem(keyOf(app), JSON.stringify(credentials));
}
