import { join } from "node:path";
import { defineConfig } from "vite";

/** Where each app is served; the mode of `vite build` says which one is built. */
const bases: Record<string, string> = { register: "/register/", console: "/", office: "/" };

export default defineConfig(({ mode }) => {
	const base = bases[mode];
	if (!base) throw new Error(`vite --mode ${mode}: there is no such app. Choose ${Object.keys(bases).join(", ")}.`);
	return {
		root: join(import.meta.dirname, mode),
		base,
		oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
		build: {
			outDir: join(import.meta.dirname, "dist", mode),
			emptyOutDir: true,
			target: "es2022",
			// The polyfill would be an inline script, which the pages' security policy refuses.
			modulePreload: { polyfill: false },
		},
	};
});
