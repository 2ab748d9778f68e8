/** The hub's public REST, as any other program on the LAN would call it. */
export class Rest {
	readonly #base: string;
	readonly #token: string;

	constructor(httpUrl: string, token: string) {
		this.#base = `${httpUrl}/api/v1`;
		this.#token = token;
	}

	get<T>(path: string): Promise<T> {
		return this.#ask("GET", path);
	}

	post<T>(path: string, body: string | object): Promise<T> {
		return this.#ask("POST", path, body);
	}

	async #ask<T>(method: string, path: string, body?: string | object): Promise<T> {
		const headers: Record<string, string> = { authorization: `Bearer ${this.#token}` };
		if (body !== undefined) headers["content-type"] = typeof body === "string" ? "text/csv" : "application/json";
		const answer = await fetch(this.#base + path, {
			method,
			headers,
			...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
		});
		if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
		return (await answer.json()) as T;
	}
}
