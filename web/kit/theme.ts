import { effect, signal } from "@preact/signals";

type Theme = "light" | "dark";

const KEY = "kassahub.theme";
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const system = signal<Theme>(prefersDark.matches ? "dark" : "light");
const stored = localStorage.getItem(KEY);
const chosen = signal<Theme | undefined>(stored === "light" || stored === "dark" ? stored : undefined);

prefersDark.addEventListener("change", (change) => {
	system.value = change.matches ? "dark" : "light";
});

effect(() => {
	document.documentElement.dataset.theme = chosen.value ?? system.value;
});

export const isDark = (): boolean => (chosen.value ?? system.value) === "dark";

export function toggleTheme(): void {
	chosen.value = isDark() ? "light" : "dark";
	localStorage.setItem(KEY, chosen.value);
}
