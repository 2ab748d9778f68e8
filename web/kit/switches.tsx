import { Icon } from "./icon.tsx";
import { kitWords, language } from "./language.ts";
import { isDark, toggleTheme } from "./theme.ts";

/** The other language, and the other light. */
export const Switches = () => (
	<>
		<button
			type="button"
			class="button quiet"
			lang={language.value === "nl" ? "en" : "nl"}
			aria-label={`${language.value === "nl" ? "EN" : "NL"}: ${kitWords.value.languageLabel}`}
			onClick={() => {
				language.value = language.value === "nl" ? "en" : "nl";
			}}
		>
			{language.value === "nl" ? "EN" : "NL"}
		</button>
		<button
			type="button"
			class="button quiet icon-only"
			aria-label={isDark() ? kitWords.value.themeLight : kitWords.value.themeDark}
			onClick={toggleTheme}
		>
			<Icon name={isDark() ? "sun" : "moon"} />
		</button>
	</>
);
