import { parseArgs } from "node:util";
import { weekdayOf } from "./shop-day.ts";

const REGISTERS_MAX = 20;
const SPEED_MAX = 100_000;

export type Options = {
	/** Minutes of the played day a real minute. */
	speed: number;
	/** 0 = Sunday. */
	weekday: number;
	registers: number;
	seed: number;
	/** End after the day, with a check of the books. */
	once: boolean;
	/** Go on with the books of the last demo. */
	keep: boolean;
};

export const usage = `npm run demo -- [--speed 60] [--day saturday|2026-11-21] [--registers 3] [--seed N] [--once] [--keep]

  --speed N      minutes of the shop's day that go by in a minute (60)
  --day D        the day whose rhythm is followed: a weekday, or a date (saturday)
  --registers N  how many registers sell (3)
  --seed N       play the same customers again (each run prints its seed)
  --once         end after the day: print a summary, check that shop and back office agree, exit 0 if so
  --keep         go on with the books of the last demo instead of starting empty
`;

/** Throws an Error that says what is wrong with the words. */
export function readOptions(words: string[]): Options | "help" {
	const { values } = parseArgs({
		args: words,
		options: {
			speed: { type: "string", default: "60" },
			day: { type: "string", default: "saturday" },
			registers: { type: "string", default: "3" },
			seed: { type: "string" },
			once: { type: "boolean", default: false },
			keep: { type: "boolean", default: false },
			help: { type: "boolean", short: "h", default: false },
		},
	});
	if (values.help) return "help";
	return {
		speed: numberIn("--speed", values.speed, 0.1, SPEED_MAX),
		weekday: weekdayOf(values.day),
		registers: Math.floor(numberIn("--registers", values.registers, 1, REGISTERS_MAX)),
		seed: Math.floor(numberIn("--seed", values.seed ?? String(Date.now() % 1_000_000), 0, 2 ** 32 - 1)),
		once: values.once,
		keep: values.keep,
	};
}

function numberIn(name: string, text: string, least: number, most: number): number {
	const value = Number(text);
	if (text === "" || !(value >= least && value <= most)) {
		throw new Error(`${name} is "${text}". Say a number from ${least} to ${most}.`);
	}
	return value;
}
