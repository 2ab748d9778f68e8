import { filterOf, topicOf } from "@kassahub/contracts/message.ts";
import { messages } from "@kassahub/contracts/messages.ts";
import { expect, test } from "vitest";
import { topics } from "./topics.ts";

const definition = (name: string) => {
	const found = messages.find((message) => message.name === name);
	if (!found) throw new Error(`no message ${name}`);
	return found;
};

test.each([
	["sale", topics.sales("kassa-1")],
	["cash-movement", topics.cash("kassa-1")],
	["booking", topics.bookings("kassa-1")],
	["rejection", topics.rejections("kassa-1")],
	["drawer", topics.drawer("kassa-1")],
	["command", topics.commands("bonprinter")],
])("the topic of %s is the contract's", (name, topic) => {
	expect(topic).toBe(topicOf(definition(name), { register: "kassa-1", device: "bonprinter" }));
});

test.each([
	["stock-level", topics.stockLevels],
	["catalogue-version", topics.catalogue],
	["turnover", topics.turnover],
	["device-state", topics.deviceStates],
	["reading", topics.readings],
	["result", topics.results],
	["journal-head", topics.journalHead],
	["relay-state", topics.relay],
	["alert", topics.alerts],
])("the filter of %s is the contract's", (name, filter) => {
	expect(filter).toBe(filterOf(definition(name)));
});
