import { isAbsolute, relative } from "node:path";
import type { Crew } from "./crew.ts";
import { pageLink, pair } from "./opening.ts";
import type { Options } from "./options.ts";
import { weekdayName } from "./shop-day.ts";
import type { Stage } from "./stage.ts";

/** Where to look, what is invented and what is real, for whoever has just started the demo. */
export async function introduce(stage: Stage, options: Options, crew: Crew, begins: string): Promise<string> {
	const { rest, httpUrl, officeUrl, mqttUrl, folder, receipts } = stage;
	const tablet = await pair(rest, "register", "tablet");
	const technician = await pair(rest, "technician", "demo");
	const { speed, weekday, registers, seed } = options;
	return `
  Back office  ${officeUrl}/
  Console      ${pageLink(`${httpUrl}/`, technician)}
  Register     ${pageLink(`${httpUrl}/register/`, tablet)}
               (sell something yourself, as register "tablet")
  Receipts     ${shortPath(receipts)}/ (open one in a browser)
  API          ${httpUrl}/api/docs
  MQTT         ${mqttUrl}
  Command      KASSAHUB_CONFIG=${shortPath(folder)}/devices.yaml KASSAHUB_DATA=${shortPath(folder)}/hub \\
               npm run -s kassahub -- journal verify

A ${weekdayName(weekday)} from ${begins} on, ${speed} times as fast as real, at ${registers} registers. Seed ${seed}.

Invented: the shop, its ${crew.products.length} products and prices, how many customers come, what they choose, what is on offer,
how they pay and what they bring back. Emulated: printer and scale. Real: hub, MQTT, bridge, relay and back office.
When customers come, how many lines a basket has and how many pieces a line follow 47,243 baskets of real trading
(Complete Journey 2.0, CC0: a panel of US households in 2017, neither Dutch nor all that a shop takes; demo/DATA.md).
Those baskets are a thin sample of their lines, so a basket here joins the lines of three of them.
Only the rhythm goes faster: sales are booked at the real time, so they are today's.
`;
}

const shortPath = (path: string): string => {
	const fromHere = relative("", path);
	return fromHere.startsWith("..") || isAbsolute(fromHere) ? path : fromHere;
};
