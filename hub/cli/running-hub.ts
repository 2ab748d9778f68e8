import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "@kassahub/contracts/problem.ts";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { CliFault } from "./command.ts";
import { dataDir } from "./data.ts";

const ANSWER_WITHIN_MS = 120_000;

const runFile = Compile(
	Type.Object({
		pid: Type.Integer(),
		httpUrl: Type.String(),
		httpsUrl: Type.Optional(Type.String()),
		token: Type.String(),
	}),
);

/** The hub that works on this data folder, by its REST. */
export class RunningHub {
	readonly url: string;
	/** Where tablets reach it. */
	readonly httpsPort: number | undefined;
	readonly #token: string;

	private constructor(url: string, httpsUrl: string | undefined, token: string) {
		this.url = url;
		this.httpsPort = httpsUrl === undefined ? undefined : Number(new URL(httpsUrl).port);
		this.#token = token;
	}

	/** The running hub, or undefined where none runs. Throws CliFault where one runs that does not answer. */
	static async find(): Promise<RunningHub | undefined> {
		const file = join(dataDir(), "run.json");
		let value: unknown;
		try {
			value = JSON.parse(readFileSync(file, "utf8"));
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
			throw new CliFault(`${file} cannot be read: ${(error as Error).message}`);
		}
		if (!runFile.Check(value)) throw new CliFault(`${file} is not what a hub writes. Remove it where no hub runs.`);
		if (!isAlive(value.pid)) return undefined;
		const hub = new RunningHub(value.httpUrl, value.httpsUrl, value.token);
		return (await hub.#answers()) ? hub : undefined;
	}

	/** An answer of the hub, as it is sent. Throws CliFault with the problem's own words. */
	async ask<T>(method: string, path: string, body?: { type: string; content: BodyInit }): Promise<T> {
		const response = await fetch(`${this.url}/api/v1${path}`, {
			method,
			headers: {
				authorization: `Bearer ${this.#token}`,
				...(body ? { "content-type": body.type } : {}),
			},
			...(body ? { body: body.content } : {}),
			signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
		}).catch((error: Error) => {
			throw new CliFault(`The hub at ${this.url} does not answer (${error.message}). Try again.`);
		});
		if (response.ok) return (await response.json()) as T;
		throw await refusal(response);
	}

	/** An answer that is a file. */
	async download(path: string): Promise<Uint8Array> {
		const response = await fetch(`${this.url}/api/v1${path}`, {
			headers: { authorization: `Bearer ${this.#token}` },
			signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
		});
		if (!response.ok) throw await refusal(response);
		return new Uint8Array(await response.arrayBuffer());
	}

	post<T>(path: string, value: unknown): Promise<T> {
		return this.ask("POST", path, { type: "application/json", content: JSON.stringify(value) });
	}

	/** Hands on each line of an answer that goes on until one of the two ends it. */
	async follow(path: string, take: (line: string) => void): Promise<void> {
		const response = await fetch(`${this.url}/api/v1${path}`, {
			headers: { authorization: `Bearer ${this.#token}` },
		});
		if (!response.ok || !response.body) throw await refusal(response);
		const lines = response.body.pipeThrough(new TextDecoderStream());
		let rest = "";
		for await (const text of lines) {
			const parts = (rest + text).split("\n");
			rest = parts.pop() ?? "";
			for (const line of parts) if (line !== "") take(line);
		}
	}

	/** Whether a hub answers there; a process that took over a dead hub's number does not. */
	async #answers(): Promise<boolean> {
		try {
			return (await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(10_000) })).ok;
		} catch (error) {
			if ((error as { cause?: NodeJS.ErrnoException }).cause?.code === "ECONNREFUSED") return false;
			throw new CliFault(`The hub at ${this.url} does not answer (${(error as Error).message}). Try again.`);
		}
	}
}

async function refusal(response: Response): Promise<CliFault> {
	const { code, detail, remedy } = (await response.json()) as Problem;
	return new CliFault(`${code}: ${detail}. ${remedy}`);
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}
