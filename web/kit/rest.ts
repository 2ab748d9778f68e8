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
	/** Hands on each line of an answer, which may go on until it is broken off. */
	follow(path: string, take: (line: string) => void, until: AbortSignal): Promise<void>;
	file(path: string): Promise<Blob>;
};

/**
 * The hub's REST under /api/v1, by a paired page's token or else by the cookie of whoever signed in here. Rejects with
 * RestRefused where the hub says no, with TypeError where it is away.
 */
export function createRest(token: string | undefined): Rest {
	const identity: Record<string, string> = token ? { authorization: `Bearer ${token}` } : { "x-kassahub-csrf": "1" };
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
				...identity,
				...(body === undefined ? {} : { "content-type": type }),
			},
			...(body === undefined ? {} : { body }),
		});
		if (!response.ok) throw await refusal(response);
		const text = await response.text();
		return isJson(response) && text ? JSON.parse(text) : undefined;
	};
	const open = async (path: string, until?: AbortSignal): Promise<Response> => {
		const response = await fetch(`/api/v1${path}`, { headers: identity, ...(until ? { signal: until } : {}) });
		if (!response.ok) throw await refusal(response);
		return response;
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
		follow: async (path, take, until) => {
			const reader = (await open(path, until)).body?.pipeThrough(new TextDecoderStream()).getReader();
			let rest = "";
			for (;;) {
				const { value = "", done } = (await reader?.read()) ?? { done: true };
				const lines = (rest + value).split("\n");
				rest = lines.pop() ?? "";
				for (const line of lines) if (line !== "") take(line);
				if (done) return;
			}
		},
		file: async (path) => (await open(path)).blob(),
	};
}

const isJson = (response: Response): boolean => response.headers.get("content-type")?.includes("json") === true;

async function refusal(response: Response): Promise<RestRefused> {
	const text = await response.text();
	return new RestRefused(
		isJson(response) && text
			? (JSON.parse(text) as Problem)
			: { title: response.statusText, status: response.status, code: String(response.status) },
	);
}
