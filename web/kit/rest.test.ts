import { afterEach, expect, test, vi } from "vitest";
import { createRest, RestRefused } from "./rest.ts";

afterEach(() => vi.unstubAllGlobals());

/** The hub's answer, in pieces as a network cuts them. */
function answer(pieces: Uint8Array[], init: ResponseInit = {}): void {
	const body = new ReadableStream<Uint8Array>({
		start(controller) {
			for (const piece of pieces) controller.enqueue(piece);
			controller.close();
		},
	});
	vi.stubGlobal("fetch", async () => new Response(body, init));
}

test("lines come whole, wherever the network cuts them, also within a letter", async () => {
	const bytes = new TextEncoder().encode('{"msg":"één"}\n{"msg":"twee"}\n\n{"msg":"half');
	for (let cut = 0; cut <= bytes.length; cut++) {
		answer([bytes.slice(0, cut), bytes.slice(cut)]);
		const lines: string[] = [];
		await createRest("t").follow("/logs", (line) => lines.push(line), new AbortController().signal);
		expect(lines).toEqual(['{"msg":"één"}', '{"msg":"twee"}']);
	}
});

test("a refusal carries the hub's own account of why, also where a file was asked for", async () => {
	const problem = { title: "No", status: 403, code: "NOT_ALLOWED", detail: "not you" };
	const init = { status: 403, headers: { "content-type": "application/problem+json" } };
	answer([new TextEncoder().encode(JSON.stringify(problem))], init);
	const error = await createRest(undefined)
		.file("/bundle")
		.catch((reason: unknown) => reason);
	expect(error).toBeInstanceOf(RestRefused);
	expect((error as RestRefused).problem).toEqual(problem);
});
