import { DeviceHistory, LastReading } from "@kassahub/contracts/device-history.ts";
import { DeviceState } from "@kassahub/contracts/device-state.ts";
import { ClientName, EventId } from "@kassahub/contracts/fields.ts";
import { Result } from "@kassahub/contracts/result.ts";
import { Trace } from "@kassahub/contracts/trace.ts";
import { Type } from "typebox";
import { followDevice } from "../../devices/following.ts";
import { answers } from "../answers.ts";
import { CommandRequest, commandFrom } from "../command-request.ts";
import type { App, Parts } from "../parts.ts";
import { Problem } from "../problem.ts";
import { checkAllButBody } from "../validation.ts";

const tags = ["devices"];
const WAIT_MS_MAX = 60_000;

const LINES = "application/x-ndjson";
const Lines = {
	description: "One Trace a line, without an end",
	content: { [LINES]: { schema: Type.Unsafe<NodeJS.ReadableStream>({ ...Trace }) } },
};

const Accepted = Type.Object({ id: EventId }, { description: "On its way; the result comes by MQTT, under this id" });

export function deviceRoutes(app: App, { devices, histories, clock }: Parts): void {
	app.get(
		"/devices",
		{ schema: { tags, summary: "Every device, as last heard", response: answers({ 200: Type.Array(DeviceState) }) } },
		async () => devices.list(),
	);

	app.post(
		"/devices/:device/commands",
		{
			// Checked by the contract of its own action, once it is whole.
			validatorCompiler: checkAllButBody,
			schema: {
				tags,
				summary: "Command a device",
				description:
					"`id` and `at` are filled in where absent; a command that cannot be done within a minute lapses, unless its `expiresAt` says otherwise.",
				params: Type.Object({ device: ClientName }),
				querystring: Type.Object({
					wait: Type.Integer({
						minimum: 0,
						maximum: WAIT_MS_MAX,
						default: 0,
						description: "Milliseconds to wait for the result",
					}),
				}),
				body: CommandRequest,
				response: answers({ 200: Result, 202: Accepted }),
			},
		},
		async (request, reply) => {
			const { device } = request.params;
			if (!devices.get(device)) throw unknown(device);
			const command = commandFrom(request.body, clock.now().at);
			const heard = devices.result(command.id, request.query.wait);
			devices.command(device, command);
			const result = await heard;
			if (result) return result;
			reply.code(202);
			return { id: command.id };
		},
	);

	app.get(
		"/devices/:device/history",
		{
			schema: {
				tags,
				summary: "How a device did in the last day, as far back as the hub has run",
				params: Type.Object({ device: ClientName }),
				response: answers({ 200: DeviceHistory }),
			},
		},
		async ({ params: { device } }) => {
			const history = histories.history(device);
			if (!history) throw unknown(device);
			return history;
		},
	);

	app.get(
		"/devices/:device/reading",
		{
			schema: {
				tags,
				summary: "What a device last measured; of scans, tags and payments only when",
				params: Type.Object({ device: ClientName }),
				response: answers({ 200: LastReading }),
			},
		},
		async ({ params: { device } }) => {
			if (!devices.get(device)) throw unknown(device);
			const reading = histories.reading(device);
			if (!reading) throw new Problem(404, "NOT_FOUND", `${device} has read nothing since the hub started`);
			return reading;
		},
	);

	app.get(
		"/devices/:device/trace",
		{
			schema: {
				tags,
				summary: "Follow the frames between the bridge and a device",
				description:
					"First what the device's flight recorder holds, then every further frame, until the connection is closed. Cardholder data and secrets are masked before they are recorded.",
				params: Type.Object({ device: ClientName }),
				response: answers({ 200: Lines }),
			},
		},
		async (request, reply) => {
			const { device } = request.params;
			if (!devices.get(device)) throw unknown(device);
			return reply.type(LINES).send(followDevice(device, devices, clock));
		},
	);
}

const unknown = (device: string): Problem =>
	new Problem(404, "DEVICE_UNKNOWN", `No device ${device} has been heard of`);
