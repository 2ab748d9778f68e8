import type { Command } from "@kassahub/contracts/command.ts";
import { type DeviceState, deviceState } from "@kassahub/contracts/device-state.ts";
import { type Sale, sale } from "@kassahub/contracts/sale.ts";
import { expect, test } from "vitest";
import { BookedSale } from "../books/books.ts";
import { openClock } from "../clock.ts";
import { Devices } from "./devices.ts";
import { printReceipt } from "./receipts.ts";

const clock = openClock({ fixedMs: Date.parse("2026-11-24T09:00:00Z"), quality: "unsynchronised" });
const link = "tcp://127.0.0.1:9100";
const config = {
	shop: { id: "vijzel", name: "De Vijzel" },
	devices: {
		toonbank: { driver: "escpos", link, registers: ["kassa-1"] },
		keuken: { driver: "escpos", link, registers: ["kassa-2"] },
		magazijn: { driver: "escpos", link, receipts: "on-request" as const },
		weegschaal: { driver: "toledo8217", link: "serial:///dev/ttyUSB0" },
	},
};

/** The devices that are told to print when a sale is booked. */
function printedBy(changes: Partial<Sale>): string[] {
	const told: string[] = [];
	const devices = new Devices((_, { device = "" }, value) => {
		expect((value as Command).action).toBe("print");
		told.push(device);
	});
	for (const name of Object.keys(config.devices)) {
		const kind = name === "weegschaal" ? "scale" : "printer";
		devices.heardState({ ...(deviceState.example as DeviceState), device: name, class: kind });
	}
	const event = { ...(sale.example as Sale), ...changes };
	const submission = {
		kind: "sale" as const,
		source: `register:${event.register}`,
		register: event.register,
		topic: "",
		payload: Buffer.from(JSON.stringify(event)),
	};
	const booking = { id: event.id, kind: "sale" as const, number: 1, hash: "0".repeat(64), at: event.at };
	const booked = { ...booking, clock: "unsynchronised" as const, duplicate: false, flags: [] };
	printReceipt({ config, devices, clock }, new BookedSale(submission, booked));
	return told;
}

test("a booked sale is printed where its register's receipts come out, whatever the register's clock says", () => {
	expect(printedBy({})).toEqual(["toonbank"]);
	expect(printedBy({ register: "kassa-2", at: "2019-01-01T00:00:00+01:00" })).toEqual(["keuken"]);
	expect(printedBy({ register: "kassa-3" })).toEqual([]);
});

test("a sale without a receipt, such as one made while the hub was away, prints nothing", () => {
	expect(printedBy({ receipt: "none" })).toEqual([]);
});
