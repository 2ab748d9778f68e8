import type { Reason } from "@kassahub/contracts/reason.ts";

/** problem+json as the hub answers what it cannot do. */
export type Problem = {
	title: string;
	status: number;
	code: string;
	detail?: string;
	remedy?: string;
	reasons?: Reason[];
};

/** The hub answered, but not with what was asked; `problem` is its own account of why. */
export class RestRefused extends Error {
	readonly problem: Problem;
	constructor(problem: Problem) {
		super(problem.detail ?? problem.title);
		this.name = "RestRefused";
		this.problem = problem;
	}
}

export type Rest = {
	get<T>(path: string): Promise<T>;
	post<T>(path: string, body: unknown): Promise<T>;
	put(path: string, body: unknown): Promise<void>;
	/** Sends a file as it is. */
	postFile<T>(path: string, file: Blob, type: string): Promise<T>;
	delete(path: string): Promise<void>;
};

/**
 * The hub's REST under /api/v1, by a paired page's token or else by the cookie of whoever signed in here. Rejects with
 * RestRefused where the hub says no, with TypeError where it is away.
 */
export function createRest(token: string | undefined): Rest {
	const ask = async (
		method: string,
		path: string,
		body?: string | Blob,
		type = "application/json",
	): Promise<unknown> => {
		const response = await fetch(`/api/v1${path}`, {
			method,
			headers: {
				accept: "application/json",
				...(token ? { authorization: `Bearer ${token}` } : { "x-kassahub-csrf": "1" }),
				...(body === undefined ? {} : { "content-type": type }),
			},
			...(body === undefined ? {} : { body }),
		});
		const text = await response.text();
		const isJson = response.headers.get("content-type")?.includes("json") === true;
		if (response.ok) return isJson && text ? JSON.parse(text) : undefined;
		throw new RestRefused(
			isJson && text
				? (JSON.parse(text) as Problem)
				: { title: response.statusText, status: response.status, code: String(response.status) },
		);
	};
	return {
		get: <T>(path: string) => ask("GET", path) as Promise<T>,
		post: <T>(path: string, body: unknown) => ask("POST", path, JSON.stringify(body)) as Promise<T>,
		put: async (path, body) => {
			await ask("PUT", path, JSON.stringify(body));
		},
		postFile: <T>(path: string, file: Blob, type: string) => ask("POST", path, file, type) as Promise<T>,
		delete: async (path) => {
			await ask("DELETE", path);
		},
	};
}
