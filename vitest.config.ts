import { configDefaults, defineConfig } from "vitest/config";

const isFull = process.env.KASSAHUB_FULL === "1";

export default defineConfig({
	test: {
		include: ["**/*.test.{ts,tsx}"],
		exclude: [...configDefaults.exclude, "**/dist/**", ...(isFull ? [] : ["**/*.full.test.ts"])],
		environment: "node",
		// Many tests start real processes of their own: two at a time is what a small machine bears.
		pool: "forks",
		maxWorkers: 2,
		// A test waits for events, never for a time; this only ends one that will never finish.
		testTimeout: isFull ? 1_800_000 : 60_000,
		hookTimeout: 60_000,
		watch: false,
	},
});
