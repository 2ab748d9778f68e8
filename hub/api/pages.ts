import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import files, { type FastifyStaticOptions } from "@fastify/static";
import type { App, Parts } from "./parts.ts";
import { Problem, sendProblem } from "./problem.ts";

const unbuiltPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Kassahub</title>
<body style="font-family: system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; line-height: 1.5">
<h1>De hub werkt; zijn pagina's zijn nog niet gebouwd</h1>
<p>Start de hub met <code>npm start</code>: dat bouwt ze. Kassa's die al draaien, verkopen gewoon door.</p>
<h1 lang="en">The hub works; its pages are not built yet</h1>
<p lang="en">Start the hub with <code>npm start</code>: that builds them. Registers that run already go on selling.</p>
</body>
</html>
`;

/** The built pages: the register under /register/, the console under /; and the answer for every path that is none. */
export async function servePages(app: App, { pages }: Parts): Promise<void> {
	const register = join(pages, "register");
	const console = join(pages, "console");
	app.addHook("onRequest", async ({ url }) => {
		// @fastify/static asks the file system for it, which throws.
		if (url.includes("%00")) throw new Problem(400, "PARAMETER_INVALID", "A path has no character 0");
	});
	await app.register(files, { root: register, prefix: "/register/", ...caching });
	await app.register(files, { root: console, prefix: "/", decorateReply: false, ...caching });
	app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) => {
		const [path = "/"] = request.url.split("?");
		const isPage = (request.method === "GET" || request.method === "HEAD") && extname(path) === "";
		if (!isPage || /^\/(api|mqtt|metrics)(\/|$)/.test(path)) {
			return sendProblem(reply, new Problem(404, "NOT_FOUND", `There is no ${request.method} ${path}`));
		}
		// Its service worker minds only what is under /register/.
		if (path === "/register") return reply.redirect("/register/");
		// A page draws its own views: a link into it, or a reload there, gets the page itself.
		const folder = path.startsWith("/register/") ? register : console;
		if (existsSync(join(folder, "index.html"))) return reply.sendFile("index.html", folder);
		return reply.code(503).type("text/html; charset=utf-8").send(unbuiltPage);
	});
}

const caching: Pick<FastifyStaticOptions, "cacheControl" | "setHeaders"> = {
	cacheControl: false,
	setHeaders: (reply, path) => {
		// Vite puts a hash of its content in the name of every asset.
		const isHashed = /\/assets\/[^/]+$/.test(path);
		reply.header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
	},
};
