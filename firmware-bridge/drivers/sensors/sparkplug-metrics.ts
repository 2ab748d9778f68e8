import type { Measured } from "./gauge.ts";
import { isWeightUnit, type Kind } from "./quantities.ts";
import type { Metric } from "./sparkplug-codec.ts";

/** What a metric's own name tells where its unit does not. Sparkplug leaves names to the maker. */
const names: [RegExp, Kind][] = [
	[/gewicht|weight|mass|gram/, "weight"],
	[/temp/, "temperature"],
	[/hum|vocht/, "humidity"],
	[/batter/, "battery"],
	[/rssi|signal|lqi/, "signal"],
	[/door|deur|contact/, "door"],
	[/presence|occup|motion|aanwezig/, "presence"],
];
const METRICS_MAX = 64;

/** What of a birth's metrics are measurements, by the name that shelves give them. */
export function measuredOf(metrics: Metric[]): Measured[] {
	return metrics
		.filter(
			({ name, value, isNull }) => name !== undefined && !isControl(name) && (isNull || typeof value !== "string"),
		)
		.slice(0, METRICS_MAX)
		.map(({ name = "", unit }) => ({
			id: name,
			label: lastLevel(name),
			kind: kindOf(name, unit),
			unit,
			// What does not change is not said again: that a node is gone, its death says.
			freshMs: Number.POSITIVE_INFINITY,
		}));
}

const isControl = (name: string): boolean =>
	name === "bdSeq" || /^(Node Control|Device Control|Properties)\//.test(name);

const lastLevel = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

function kindOf(name: string, unit: string | undefined): Kind {
	if (isWeightUnit(unit)) return "weight";
	if (unit === "°C" || unit === "°F") return "temperature";
	if (unit === "dBm") return "signal";
	const label = lastLevel(name).toLowerCase();
	return names.find(([pattern]) => pattern.test(label))?.[1] ?? "other";
}

/** Which device it is, where its birth has properties that say so. */
export function identityOf(metrics: Metric[]): { model?: string; firmware?: string; serialNumber?: string } {
	const find = (pattern: RegExp): string | undefined => {
		const found = metrics.find(
			({ name }) => name?.startsWith("Properties/") && pattern.test(name.toLowerCase()),
		)?.value;
		return typeof found === "string" ? found.slice(0, 80) : undefined;
	};
	const [model, firmware, serialNumber] = [find(/model/), find(/firmware|fw|sw/), find(/serial/)];
	return {
		...(model === undefined ? {} : { model }),
		...(firmware === undefined ? {} : { firmware }),
		...(serialNumber === undefined ? {} : { serialNumber }),
	};
}
