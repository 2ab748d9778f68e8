import { healthWords } from "./words.ts";

const WIDTH = 288;
const HEIGHT = 36;

/** A day in columns, the newest at the right; where nothing is known there is nothing. */
export function Strip(props: {
	title: string;
	words: string;
	/** The newest last; undefined where nothing is known. */
	values: readonly (number | undefined)[];
	/** What the full height stands for; the largest value where absent. */
	full?: number;
	tone: (value: number) => "good" | "warn" | "bad" | "plain";
}) {
	const text = healthWords.value;
	const full = props.full ?? Math.max(1, ...props.values.map((value) => value ?? 0));
	const offset = WIDTH - props.values.length;
	return (
		<figure class="strip">
			<figcaption>
				<strong>{props.title}</strong> <span class="soft">{props.words}</span>
			</figcaption>
			<svg
				viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
				preserveAspectRatio="none"
				role="img"
				aria-label={`${props.title}: ${props.words}`}
			>
				<line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
				{props.values.map((value, index) => {
					if (value === undefined || value === 0) return null;
					const tall = Math.max(2, Math.min(1, value / full) * (HEIGHT - 2));
					const x = offset + index;
					return <rect key={x} class={props.tone(value)} x={x} width="1.05" y={HEIGHT - tall} height={tall} />;
				})}
			</svg>
			<p class="strip-axis soft small" aria-hidden="true">
				<span>{text.dayAgo}</span>
				<span>{text.now}</span>
			</p>
		</figure>
	);
}
