import type { Product } from "@kassahub/contracts/product.ts";
import { reading } from "@kassahub/contracts/reading.ts";
import { relayState } from "@kassahub/contracts/relay-state.ts";
import { result } from "@kassahub/contracts/result.ts";
import type { Agenda } from "./agenda.ts";
import type { LiveLine } from "./live-line.ts";
import { pair } from "./opening.ts";
import { Random } from "./random.ts";
import { Register } from "./register.ts";
import { Scale } from "./scale.ts";
import { Shift } from "./shift.ts";
import { type Rhythm, readRhythm } from "./shop-day.ts";
import type { Stage } from "./stage.ts";
import { Stockroom } from "./stockroom.ts";

/** Who and what plays the day. */
export type Crew = { shifts: Shift[]; stockroom: Stockroom; products: Product[]; rhythm: Rhythm; random: Random };

/** Invented: a delivery comes this many minutes of the played day after it was ordered. */
const DELIVERY_MINUTES_MIN = 20;
const DELIVERY_MINUTES_MAX = 90;

/** Pairs the registers over REST and puts people behind them; what they hear goes to the live line. */
export async function hireCrew(
	{ rest, mqttUrl, load }: Stage,
	products: Product[],
	agenda: Agenda,
	line: LiveLine,
	{ registers, seed, closing }: { registers: number; seed: number; closing: AsyncDisposableStack },
): Promise<Crew> {
	const random = new Random(seed);
	const connect = async (name: string) =>
		closing.adopt(await Register.open(mqttUrl, await pair(rest, "register", name)), (register) => register.close());
	const office = await connect("magazijn");
	const scale = new Scale(load);
	await office.listen(reading, (value) => scale.hear(value));
	await office.listen(relayState, (value) => {
		line.relay = value;
	});
	await office.listen(result, ({ action, status }) => {
		if (action === "print" && status === "done") line.countReceipt();
	});
	const deliveries = new Random(random.integer(0, 2 ** 31));
	const stockroom = await Stockroom.open(office, products, new Random(random.integer(0, 2 ** 31)), (product) =>
		agenda.soon(deliveries.integer(DELIVERY_MINUTES_MIN, DELIVERY_MINUTES_MAX), () => stockroom.receive(product)),
	);
	const shifts: Shift[] = [];
	for (let number = 1; number <= registers; number++) {
		shifts.push(
			new Shift({
				register: await connect(`kassa-${number}`),
				employee: `m${number}`,
				// Each its own: who serves first is a matter of milliseconds, and must not change what another draws.
				random: new Random(random.integer(0, 2 ** 31)),
				weigh: (wish) => scale.weigh(wish),
				booked: (sale) => line.count(sale),
			}),
		);
	}
	return { shifts, stockroom, products, rhythm: readRhythm(), random };
}
