import type { Signal } from "@preact/signals";

type Props = {
	label: string;
	value: Signal<string>;
	hint?: string;
	isSecret?: boolean;
	required?: boolean;
	minLength?: number;
	maxLength?: number;
	pattern?: string;
	inputmode?: "numeric";
	autocomplete: "off" | "name" | "organization" | "username" | "current-password" | "new-password";
	autocapitalize?: "off";
	spellcheck?: boolean;
	"data-first"?: boolean;
};

/** A line of text that is kept in a signal; whatever else is given goes to the input itself. */
export const TextField = ({ label, value, hint, isSecret = false, ...input }: Props) => (
	<label class="field">
		<span>{label}</span>
		<input
			{...input}
			{...(isSecret ? { type: "password" as const } : {})}
			class="input"
			value={value.value}
			onInput={(event) => {
				value.value = event.currentTarget.value;
			}}
		/>
		{hint ? <small class="soft">{hint}</small> : null}
	</label>
);
