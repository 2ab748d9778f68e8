import { Config, DeviceConfig } from "@kassahub/contracts/config.ts";
import { ClientName } from "@kassahub/contracts/fields.ts";
import { Type } from "typebox";
import { EditRefused } from "../../config-writer.ts";
import { answers, Nothing } from "../answers.ts";
import { callerOf, sourceOf } from "../caller.ts";
import type { App, Parts } from "../parts.ts";
import { Problem } from "../problem.ts";

const tags = ["settings"];
const { name, language, address, vatNumber, footer } = Config.properties.shop.properties;
const ShopChange = Type.Partial(Type.Object({ name, language, address, vatNumber, footer }), {
	additionalProperties: false,
});

/** The shop and its devices as devices.yaml has them, edited from the console as by hand. */
export function configRoutes(app: App, { config, configWriter, audit }: Parts): void {
	app.get(
		"/config/devices",
		{
			schema: {
				tags,
				summary: "The devices as they stand in devices.yaml",
				response: answers({ 200: Type.Record(ClientName, DeviceConfig) }),
			},
		},
		async () => config.devices ?? {},
	);

	app.put(
		"/config/devices/:device",
		{
			schema: {
				tags,
				summary: "Add a device or replace its entry; the bridge takes it over at once",
				params: Type.Object({ device: ClientName }),
				body: DeviceConfig,
				response: answers({ 204: Nothing }),
			},
		},
		async (request, reply) => {
			const { device } = request.params;
			await refusable(() => configWriter.putDevice(device, request.body));
			const { driver, link } = request.body;
			audit.note(sourceOf(callerOf(request)), "device-changed", {
				about: device,
				detail: `${driver} ${link}`.slice(0, 200),
			});
			reply.code(204);
			return null;
		},
	);

	app.delete(
		"/config/devices/:device",
		{
			schema: {
				tags,
				summary: "Take a device away",
				params: Type.Object({ device: ClientName }),
				response: answers({ 204: Nothing }),
			},
		},
		async (request, reply) => {
			const { device } = request.params;
			const wasThere = await refusable(() => configWriter.removeDevice(device));
			if (!wasThere) throw new Problem(404, "DEVICE_UNKNOWN", `No device ${device} is in devices.yaml`);
			audit.note(sourceOf(callerOf(request)), "device-removed", { about: device });
			reply.code(204);
			return null;
		},
	);

	app.put(
		"/config/shop",
		{
			schema: {
				tags,
				summary: "Change what the shop is called and what stands on its receipts",
				body: ShopChange,
				response: answers({ 204: Nothing }),
			},
		},
		async (request, reply) => {
			await refusable(() => configWriter.putShop(request.body));
			audit.note(sourceOf(callerOf(request)), "shop-changed", { detail: Object.keys(request.body).join(", ") });
			reply.code(204);
			return null;
		},
	);
}

async function refusable<T>(edit: () => Promise<T>): Promise<T> {
	try {
		return await edit();
	} catch (error) {
		if (!(error instanceof EditRefused)) throw error;
		throw new Problem(422, "CONFIG_INVALID", error.message);
	}
}
