import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import fastifyStatic from "@fastify/static";
import type { App } from "./app.ts";

const folder = resolve(import.meta.dirname, "../../web/dist/office");

/** The office's page as Vite built it; where it was not built, a page that says so. */
export async function serveSite(app: App): Promise<void> {
	if (existsSync(join(folder, "index.html"))) {
		await app.register(fastifyStatic, { root: folder });
		return;
	}
	app.get("/", (_request, reply) => reply.code(503).type("text/html; charset=utf-8").send(missing));
}

const missing = `<!doctype html>
<html lang="nl">
<head><meta charset="utf-8"><title>Kassahub</title></head>
<body>
<h1>Kassahub</h1>
<p>De pagina van het kantoor is nog niet gebouwd. Start Kassahub met <code>npm start</code>, of bouw haar met
<code>npx vite build web --config web/vite.config.ts --mode office</code>.</p>
<p lang="en">The office page is not built yet: start Kassahub with <code>npm start</code>.
The figures are at <a href="/api/v1/turnover">/api/v1/turnover</a> all the same.</p>
</body>
</html>
`;
