import type { ClientKind, MessageDefinition } from "@kassahub/contracts/message.ts";
import { filterOf, topicOf } from "@kassahub/contracts/message.ts";
import { messages } from "@kassahub/contracts/messages.ts";
import { describe, expect, test } from "vitest";
import { matches, mayHear, mayHearTopic, mayLeaveWill, maySubscribe, publishRight, routeOf } from "./access.ts";
import { isForeign, mayUseForeign } from "./foreign.ts";

const kinds: ClientKind[] = ["register", "sensor", "technician", "bridge", "relay"];
const account = (kind: ClientKind) => ({ kind, name: "voor" });
const levelsOf = (message: MessageDefinition, name: string) =>
	Object.fromEntries([...message.topic.matchAll(/\{(\w+)\}/g)].map(([, level]) => [level as string, name]));
const rightTo = (kind: ClientKind, topic: string) => {
	const route = routeOf(topic);
	return route ? publishRight(account(kind), route) : "refused";
};

/** Who may publish what, written out once by hand: r register, s sensor, t technician, b bridge, l relay. */
const publishers: Record<string, string> = {
	sale: "r",
	"cash-movement": "r",
	"stock-movement": "rst",
	payment: "r",
	booking: "",
	rejection: "",
	drawer: "",
	"stock-level": "",
	"catalogue-version": "",
	turnover: "",
	"device-state": "sb",
	reading: "sb",
	command: "rt",
	result: "sb",
	trace: "b",
	"journal-head": "",
	"relay-state": "l",
	alert: "",
};
/** Who may hear it: on its own name only where the letter is a capital. */
const listeners: Record<string, string> = {
	sale: "",
	"cash-movement": "",
	"stock-movement": "",
	payment: "",
	booking: "R",
	rejection: "R",
	drawer: "Rt",
	"stock-level": "rstl",
	"catalogue-version": "rtl",
	turnover: "rtl",
	"device-state": "rtl",
	reading: "rt",
	command: "Sb",
	result: "rt",
	trace: "t",
	"journal-head": "tl",
	"relay-state": "rt",
	alert: "rtl",
};
const letters: Record<ClientKind, string> = { register: "r", sensor: "s", technician: "t", bridge: "b", relay: "l" };

test("the matrix below speaks of every message there is", () => {
	expect(Object.keys(publishers).sort()).toEqual(messages.map(({ name }) => name).sort());
	expect(Object.keys(listeners).sort()).toEqual(messages.map(({ name }) => name).sort());
});

describe.each(kinds)("a %s", (kind) => {
	const letter = letters[kind];
	const others = kinds.filter((other) => other !== kind);
	expect(others).toHaveLength(4);

	test.each(messages.map((message) => [message.name, message] as const))("and %s", (name, message) => {
		const own = topicOf(message, levelsOf(message, "voor"));
		const foreign = topicOf(message, levelsOf(message, "achter"));
		const isBound = message.own.includes(kind) && own !== foreign;
		const maySpeak = publishers[name]?.includes(letter) ?? false;
		expect(rightTo(kind, own)).toBe(maySpeak ? "allowed" : "refused");
		const otherwise = message.journaledAs ? "wrong-sender" : "refused";
		expect(rightTo(kind, foreign)).toBe(!maySpeak ? "refused" : isBound ? otherwise : "allowed");

		const hearsOwn = listeners[name]?.toLowerCase().includes(letter) ?? false;
		const hearsAll = listeners[name]?.includes(letter) ?? false;
		const isOneTopic = own === foreign;
		expect(maySubscribe(account(kind), own)).toBe(hearsOwn);
		expect(maySubscribe(account(kind), foreign)).toBe(isOneTopic ? hearsOwn : hearsAll);
		expect(maySubscribe(account(kind), filterOf(message))).toBe(isOneTopic ? hearsOwn : hearsAll);
		for (const [topic, isHeard] of [
			[own, hearsOwn],
			[foreign, isOneTopic ? hearsOwn : hearsAll],
		] as const) {
			const route = routeOf(topic);
			expect(route && mayHear(account(kind), route)).toBe(isHeard);
		}
	});

	test.each([
		"#",
		"+/#",
		"kassahub/#",
		"kassahub/+/+",
		"kassahub/+/+/+",
		"kassahub/registers/#",
		"$SYS/#",
		"$SYS/+/heartbeat",
	])("may not subscribe to %s", (filter) => expect(maySubscribe(account(kind), filter)).toBe(false));

	test.each(["$share/all/kassahub/alerts", "kassahub/alert", "kassahub/alerts/", "/kassahub/alerts", "", "kassahub"])(
		"may not subscribe to %j, which is no topic of the contract",
		(filter) => expect(maySubscribe(account(kind), filter)).toBe(false),
	);

	test.each(["$SYS/broker/clients", "kassahub", "kassahub/sales", "kassahub/registers/voor/sales/x", "", "test"])(
		"may not publish to %j",
		(topic) => expect(rightTo(kind, topic)).toBe("refused"),
	);
});

describe("topics of third-party sensors", () => {
	const foreign = [
		"homeassistant/sensor/schap12/config",
		"zigbee2mqtt/Schap 12/keuken",
		"tele/schap12/LWT",
		"spBv1.0/Winkel/DDATA/EdgeA/Schap12",
		"shellies/announce",
		"a/b/c/d/e/f/g/h/i/j",
		"Kassahub/state",
	];
	const others = [
		"kassahub",
		"kassahub/nothing",
		"/kassahub/alerts",
		"",
		"/",
		"$SYS/broker",
		"$share/all/tele/+/LWT",
		"+/schap12/LWT",
		"#",
		"a/b/c/d/e/f/g/h/i/j/k",
		"é".repeat(129),
		"x".repeat(257),
	];

	test.each(foreign)("%s is one", (topic) => {
		expect(isForeign(topic)).toBe(true);
		for (const kind of kinds) {
			const isIts = kind === "sensor" || kind === "bridge";
			expect(mayUseForeign(account(kind), topic)).toBe(isIts);
			expect(maySubscribe(account(kind), topic)).toBe(isIts);
			expect(mayHearTopic(account(kind), topic)).toBe(isIts);
			expect(mayLeaveWill(account(kind), topic)).toBe(isIts);
			expect(rightTo(kind, topic)).toBe("refused");
		}
	});

	test.each(others)("%j is none", (topic) => {
		expect(isForeign(topic)).toBe(false);
		for (const kind of kinds) {
			expect(mayUseForeign(account(kind), topic)).toBe(false);
			expect(mayHearTopic(account(kind), topic)).toBe(false);
			expect(mayLeaveWill(account(kind), topic)).toBe(false);
		}
	});

	test("no filter that is one can match a topic of the contract", () => {
		for (const filter of ["a/#", "a/+/b", "tele/+/LWT", ...foreign]) {
			expect(isForeign(filter)).toBe(true);
			expect(messages.filter((message) => matches(filter.split("/"), message.topic.split("/")))).toEqual([]);
		}
		expect(messages.filter(({ topic }) => isForeign(topic) || !topic.startsWith("kassahub/"))).toEqual([]);
	});

	test("a last will carries no wildcard and no money", () => {
		expect(mayLeaveWill(account("sensor"), "tele/+/LWT")).toBe(false);
		expect(mayLeaveWill(account("sensor"), "kassahub/devices/voor/state")).toBe(true);
		expect(mayLeaveWill(account("sensor"), "kassahub/stock/movements")).toBe(false);
	});
});

test("a wildcard is allowed where everything it can match is", () => {
	const register = account("register");
	expect(maySubscribe(register, "kassahub/stock/levels/#")).toBe(true);
	expect(maySubscribe(register, "kassahub/devices/+/state")).toBe(true);
	expect(maySubscribe(register, "kassahub/alerts/#")).toBe(true);
	expect(maySubscribe(register, "kassahub/stock/+")).toBe(false);
	expect(maySubscribe(register, "kassahub/devices/#")).toBe(false);
	expect(maySubscribe(register, "kassahub/registers/voor/#")).toBe(false);
	expect(maySubscribe(register, "kassahub/registers/+/bookings")).toBe(false);
	expect(maySubscribe(register, "kassahub/+/voor/bookings")).toBe(true);
	expect(maySubscribe(account("sensor"), "kassahub/devices/voor/commands/#")).toBe(true);
	expect(maySubscribe(account("sensor"), "kassahub/devices/+/commands")).toBe(false);
});

test("a name that is none has no topic, except for money, which is quarantined", () => {
	expect(rightTo("bridge", "kassahub/devices/Bon Printer/state")).toBe("refused");
	expect(rightTo("bridge", "kassahub/devices//state")).toBe("refused");
	expect(rightTo("register", "kassahub/registers/VOOR/sales")).toBe("wrong-sender");
	expect(rightTo("register", "kassahub/registers//sales")).toBe("wrong-sender");
});

test.each([
	["a/#", "a", true],
	["a/#", "a/b/c", true],
	["a/+", "a", false],
	["a/+", "a/b", true],
	["a/+", "a/b/c", false],
	["+/b", "a/b", true],
	["a/b", "a/b/c", false],
	["#", "a", true],
])("%s matches %s: %s", (filter, topic, isMatch) => {
	expect(matches(filter.split("/"), topic.split("/"))).toBe(isMatch);
});
