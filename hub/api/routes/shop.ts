import type { Config, DeviceConfig } from "@kassahub/contracts/config.ts";
import type { DeviceClass } from "@kassahub/contracts/device-state.ts";
import { RelayState } from "@kassahub/contracts/relay-state.ts";
import { Shop } from "@kassahub/contracts/shop.ts";
import { serves } from "../../config.ts";
import { answers } from "../answers.ts";
import { type Caller, callerOf } from "../caller.ts";
import type { App, Parts } from "../parts.ts";
import { Problem } from "../problem.ts";

const tags = ["shop"];

export function shopRoutes(app: App, { config, devices, relay }: Parts): void {
	app.get(
		"/shop",
		{
			schema: {
				tags,
				summary: "The shop, and the printers, scales and pin terminals that serve the asking register",
				response: answers({ 200: Shop }),
			},
		},
		async (request) => shopFor(config, callerOf(request), (device) => devices.get(device)?.class),
	);

	app.get(
		"/relay",
		{
			schema: {
				tags,
				summary: "How far the journal has come on its way to the back office",
				response: answers({ 200: RelayState }),
			},
		},
		async () => {
			const state = relay.state();
			if (!state) throw new Problem(404, "NOT_FOUND", "The relay has not been heard of yet");
			return state;
		},
	);
}

function shopFor(config: Config, caller: Caller, classOf: (device: string) => DeviceClass | undefined): Shop {
	const { shop } = config;
	const mine = (device: DeviceConfig) => caller.kind !== "register" || serves(device, caller.name);
	const served = Object.entries(config.devices ?? {}).filter(([, device]) => mine(device));
	const ofClass = (wanted: DeviceClass) => served.filter(([device]) => classOf(device) === wanted);
	const named = (wanted: DeviceClass) =>
		ofClass(wanted).map(([device, { registers }]) => ({ device, registers: registers ?? null }));
	return {
		id: shop.id,
		name: shop.name,
		address: shop.address ?? [],
		...(shop.vatNumber ? { vatNumber: shop.vatNumber } : {}),
		language: shop.language ?? "nl",
		footer: shop.footer ?? [],
		printers: ofClass("printer").map(([device, { registers, receipts }]) => ({
			device,
			registers: registers ?? null,
			receipts: receipts ?? "always",
		})),
		scales: named("scale"),
		terminals: named("terminal"),
	};
}
