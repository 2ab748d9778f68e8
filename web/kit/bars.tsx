import { euro } from "./figures.ts";

/** Amounts side by side, largest first: a name, a bar, the amount. */
export function Bars({ rows }: { rows: readonly { key: string; name: string; amount: number; hue?: number }[] }) {
	const largest = Math.max(1, ...rows.map((row) => row.amount));
	return (
		<div class="bars">
			{rows.map((row) => [
				<span key={`${row.key} name`}>{row.name}</span>,
				<span key={`${row.key} bar`} class="track" aria-hidden="true">
					<i
						style={{
							width: `${Math.max(0, row.amount / largest) * 100}%`,
							...(row.hue === undefined ? {} : { background: `oklch(var(--swatch) ${row.hue})` }),
						}}
					/>
				</span>,
				<span key={`${row.key} amount`} class="amount">
					{euro(row.amount)}
				</span>,
			])}
		</div>
	);
}

const HEIGHT = 150;
const FOOT = 22;
const STEP = 40;

/** Amounts over the hours of a day; `before` stands as a shadow behind, e.g. the same weekday last week. */
export function Columns(props: {
	label: string;
	rows: readonly { key: string; name: string; amount: number; before?: number }[];
}) {
	const largest = Math.max(1, ...props.rows.flatMap((row) => [row.amount, row.before ?? 0]));
	const tall = (amount: number): number => (Math.max(0, amount) / largest) * (HEIGHT - FOOT - 4);
	return (
		<svg class="columns" viewBox={`0 0 ${props.rows.length * STEP} ${HEIGHT}`} role="img" aria-label={props.label}>
			<line x1="0" x2={props.rows.length * STEP} y1={HEIGHT - FOOT} y2={HEIGHT - FOOT} />
			{props.rows.map((row, index) => (
				<g key={row.key}>
					<title>{`${row.name}: ${euro(row.amount)}${row.before === undefined ? "" : ` (${euro(row.before)})`}`}</title>
					{row.before === undefined ? null : (
						<rect
							class="bar before"
							x={index * STEP + 3}
							width={STEP - 6}
							rx="3"
							y={HEIGHT - FOOT - tall(row.before)}
							height={tall(row.before)}
						/>
					)}
					<rect
						class="bar"
						x={index * STEP + 9}
						width={STEP - 18}
						rx="2"
						y={HEIGHT - FOOT - tall(row.amount)}
						height={tall(row.amount)}
					/>
					<text x={index * STEP + STEP / 2} y={HEIGHT - 4} text-anchor="middle">
						{row.name}
					</text>
				</g>
			))}
		</svg>
	);
}
