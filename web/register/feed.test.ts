import { deviceState } from "@kassahub/contracts/device-state.ts";
import { topicOf } from "@kassahub/contracts/message.ts";
import { turnover } from "@kassahub/contracts/turnover.ts";
import { expect, test } from "vitest";
import { Feed } from "./feed.ts";

const nobody = {
	booking: () => undefined,
	rejection: () => undefined,
	result: () => undefined,
	catalogue: () => undefined,
	payment: () => undefined,
};

test("a device whose state is taken back is gone from the register, and nothing else is", () => {
	const feed = new Feed("kassa-1", nobody);
	const topic = (device: string) => topicOf(deviceState, { device });
	for (const device of ["bonprinter", "keuken"]) feed.hear(topic(device), { ...deviceState.example, device });
	feed.hear(topic("bonprinter"), undefined);
	feed.hear(turnover.topic, undefined);
	feed.hear(topic("never-heard-of"), undefined);
	expect([...feed.devices.value.keys()]).toEqual(["keuken"]);
});
