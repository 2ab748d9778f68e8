import { setTimeout as wait } from "node:timers/promises";
import type { Drawer } from "@kassahub/contracts/drawer.ts";
import { formatAmount } from "@kassahub/contracts/money.ts";
import { Agenda } from "./agenda.ts";
import { compareBooks } from "./compare.ts";
import { type Crew, hireCrew } from "./crew.ts";
import { planDay } from "./day.ts";
import { introduce } from "./introduction.ts";
import { LiveLine } from "./live-line.ts";
import { fillShelves } from "./opening.ts";
import type { Options } from "./options.ts";
import { until } from "./processes.ts";
import { CLOSES, ShopClock, timeOf } from "./shop-day.ts";
import { openStage, type Stage } from "./stage.ts";
import { timestamp } from "./till.ts";

/** The played day begins when it is getting busy, so that a newcomer sees things move at once. */
const BEGINS = 10 * 60 + 30;
/** Printers may still be busy with the last receipts when the last sale is in the books. */
const LAST_RECEIPTS_MS = 2000;

const OFFICE_WITHIN_MS = 60_000;

type Say = (words: string) => void;

/**
 * Starts everything, plays a shop day and stops it all again. Without `once` all stays up after the day until
 * `stopped` rejects. Throws what went wrong, or what `stopped` rejects with.
 */
export async function play(options: Options, stopped: Promise<never>, say: Say): Promise<void> {
	await using closing = new AsyncDisposableStack();
	say("Starting an emulated printer and scale, the hub with its bridge and relay, and the back office ...");
	const stage = closing.adopt(await openStage(options.keep), async ({ stop, folder }) => {
		say("Stopping ...");
		await stop();
		say(`Stopped. What was booked and printed stays in ${folder} until the next demo.`);
	});
	const interrupted = Promise.race([stage.ended(), stopped]);
	interrupted.catch(() => undefined);
	await Promise.race([playDay(stage, options, closing, say), interrupted]);
	if (options.once) return;
	say("The day is over. Everything stays up to look at; Ctrl-C stops it.");
	await interrupted;
}

async function playDay(stage: Stage, options: Options, closing: AsyncDisposableStack, say: Say): Promise<void> {
	const clock = new ShopClock(BEGINS, options.speed);
	const agenda = closing.adopt(new Agenda(clock), (opened) => opened.stop());
	const line = closing.adopt(new LiveLine(() => Math.min(clock.minute(), CLOSES)), (opened) => opened.stop());
	const days = [today()];
	const products = await fillShelves(stage.rest);
	const crew = await hireCrew(stage, products, agenda, line, { ...options, closing });
	await Promise.all(crew.shifts.map((shift) => shift.open()));
	await whenOpen(stage.officeUrl);
	say(await introduce(stage, options, crew, timeOf(BEGINS)));

	planDay(agenda, options.weekday, BEGINS, crew);
	line.start();
	clock.start();
	await agenda.finished();
	await closeShop(stage, crew);
	if (days[0] !== today()) days.push(today());
	await wait(LAST_RECEIPTS_MS);
	line.stop();
	say(await checkBooks(stage, line, days, options));
}

/** An embedded back office makes its database at its first start: that takes longer than opening a shop. */
const whenOpen = (officeUrl: string): Promise<true> =>
	until("the back office to answer", OFFICE_WITHIN_MS, async () => {
		const answer = await fetch(`${officeUrl}/healthz`).catch(() => undefined);
		return answer?.ok || undefined;
	});

/** Counts every drawer and closes its day. */
async function closeShop({ rest }: Stage, { shifts }: Crew): Promise<void> {
	const drawers = await rest.get<Drawer[]>("/drawers");
	for (const shift of shifts) {
		const drawer = drawers.find(({ register }) => register === shift.register.name);
		await shift.close(drawer?.expected ?? 0);
	}
}

/** The summary of the day. Throws where registers, shop and back office don't have the same to the cent. */
async function checkBooks(stage: Stage, line: LiveLine, days: string[], { keep }: Options): Promise<string> {
	const { cents, differences } = await compareBooks(stage.rest, stage.officeUrl, days);
	if (!keep && cents !== line.cents)
		differences.push(`the registers sold for ${line.cents} cents, the shop booked ${cents}`);
	if (differences.length > 0) throw new Error(`the books differ:\n${differences.join("\n")}`);
	return (
		`\nClosing time: ${line.sales} sales and ${line.refunds} refunds for € ${formatAmount(line.cents, "en")}, ` +
		`${line.printed} receipts printed, drawers counted and closed.\n` +
		`The shop's journal and the back office have the same to the cent: € ${formatAmount(cents, "en")}${keep ? " today, earlier demos included" : ""}.`
	);
}

const today = (): string => timestamp().slice(0, 10);
