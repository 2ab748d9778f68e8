import { connect } from "node:net";
import { type Announced, describe, isOfficePrinter } from "./announcements.ts";
import { isOwn } from "./networks.ts";
import { isStatus, STATUS_QUESTION } from "./printer-status.ts";
import type { Look, Seen } from "./seen.ts";

const CONNECT_MS = 500;
const ANSWER_MS = 800;
const AT_ONCE = 64;

export type Endpoint = { host: string; port: number };
type Attempt = Endpoint & { answer: "none" | "refused" | "silent" | "status" };

export const nameOf = ({ host, port }: Endpoint): string => `${host}:${port}`;

/** What could be a receipt printer, and may be asked: own addresses only, and none that says it prints pages. */
export function endpointsToAsk(hosts: readonly string[], port: number, announced: readonly Announced[]): Endpoint[] {
	const office = new Set(announced.filter(isOfficePrinter).map(({ host }) => host));
	const bySelf = announced
		.filter(({ type }) => type === "pdl-datastream")
		.map((one): Endpoint => ({ host: one.host, port: one.port }));
	const endpoints = [...hosts.map((host): Endpoint => ({ host, port })), ...bySelf].filter(
		({ host }) => isOwn(host) && !office.has(host),
	);
	return [...new Map(endpoints.map((endpoint) => [nameOf(endpoint), endpoint])).values()];
}

type LanSurroundings = {
	port: number;
	announced: readonly Announced[];
	isInUse: (endpoint: Endpoint) => boolean;
	signal: AbortSignal;
};

/**
 * Receipt printers on the network. Whatever takes a connection on the printers' port is asked for its status by three
 * control characters that print nothing (DLE EOT 1), and nothing else. What is in use is not even connected to.
 */
export async function lookOnLan(
	hosts: readonly string[],
	{ port, announced, isInUse, signal }: LanSurroundings,
): Promise<Look> {
	const endpoints = endpointsToAsk(hosts, port, announced);
	const attempts = await inTurns(
		endpoints.filter((endpoint) => !isInUse(endpoint)),
		ask,
		signal,
	);
	const seen = attempts
		.filter(({ answer }) => answer === "status")
		.map((one) => asSeen(one, announced, "answers DLE EOT 1"));
	const known = endpoints
		.filter((endpoint) => isInUse(endpoint) && announced.some(({ host }) => host === endpoint.host))
		.map((one) => asSeen(one, announced, "announces itself (mDNS)"));
	const silent = attempts.filter(({ answer }) => answer === "silent").map(nameOf);
	const office = [...new Set(announced.filter(isOfficePrinter).map(({ host }) => host))];
	return {
		seen: [...seen, ...known],
		notes: [
			...(silent.length > 0 ? [`no receipt printer, though it takes connections: ${silent.join(", ")}`] : []),
			...(office.length > 0 ? [`an office printer by its own words, so not asked: ${office.join(", ")}`] : []),
		],
	};
}

function asSeen(endpoint: Endpoint, announced: readonly Announced[], what: string): Seen {
	const words = announced.filter(({ host }) => host === endpoint.host).map(describe);
	return {
		name: "bonprinter",
		entry: { driver: "escpos", link: `tcp://${nameOf(endpoint)}` },
		title: words.find((word) => word !== "") ?? "Receipt printer (ESC/POS)",
		because: `${nameOf(endpoint)} ${what}`,
	};
}

/** Asks one printer for its status. Never rejects: most addresses are nobody's. */
function ask({ host, port }: Endpoint): Promise<Attempt> {
	return new Promise((resolve) => {
		const socket = connect({ host, port });
		let answer: Attempt["answer"] = "none";
		let deadline = setTimeout(() => socket.destroy(), CONNECT_MS);
		socket.once("connect", () => {
			answer = "silent";
			clearTimeout(deadline);
			deadline = setTimeout(() => socket.destroy(), ANSWER_MS);
			socket.write(STATUS_QUESTION);
		});
		socket.once("data", (bytes) => {
			if (isStatus(bytes)) answer = "status";
			socket.destroy();
		});
		socket.on("error", () => undefined);
		socket.once("close", () => {
			clearTimeout(deadline);
			resolve({ host, port, answer });
		});
	});
}

/** Does something for each, so many at once, and starts none after `signal`. The results are in the order of the items. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>, signal: AbortSignal): Promise<R[]> {
	const results: R[] = [];
	const rest = items.entries();
	const worker = async (): Promise<void> => {
		for (const [index, item] of rest) {
			if (signal.aborted) return;
			results[index] = await work(item);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
	return results.filter((result) => result !== undefined);
}
