import { DeviceError } from "../fault.ts";
import type { BrokerAccess, Tap, TopicLink } from "./link.ts";
import { encodePublish } from "./publish-frame.ts";
import { examples } from "./schemes.ts";
import { type BrokerAddress, type Take, TopicBroker } from "./topic-broker.ts";

/** Where a sensor speaks: on the hub's own broker, or on another one. */
export type TopicsAddress = {
	topic: string;
	/** Absent: the hub's own. */
	broker?: { url: string; username?: string; passwordFile?: string; caFile?: string };
	/** Sparkplug: the id of the host application that edge nodes wait for. */
	hostId?: string;
};

const SPARKPLUG = "spBv1.0";

/**
 * `mqtt://hub/homeassistant/sensor/schap12_w`: the hub's own broker; `mqtt://192.168.1.9/…`, `mqtts://…`: another one,
 * with the settings `username`, `passwordFile` and `caFile`. Throws DEVICE_CONFIG_INVALID.
 */
export function parseTopics(text: string, url: URL, settings: Record<string, unknown>): TopicsAddress {
	const topic = decoded(text, url.pathname.slice(1));
	if (topic === "" || topic.endsWith("/")) throw invalid(`${text} names no topic; write ${examples.mqtt}`);
	// The link stands in the device's state, for every register to see.
	if (url.password) throw invalid("a password does not belong in a link: put it in a file and name it as passwordFile");
	const hostId = settings.hostId;
	const address: TopicsAddress = { topic, ...(typeof hostId === "string" ? { hostId } : {}) };
	if (url.hostname === "hub" || url.hostname === "") {
		if (url.protocol !== "mqtt:") throw invalid(`${text}: the hub's own broker is mqtt://hub/…`);
		return address;
	}
	const named = (name: string) => (typeof settings[name] === "string" ? { [name]: settings[name] } : {});
	return {
		...address,
		broker: {
			url: `${url.protocol}//${url.host}`,
			...(url.username ? { username: decoded(text, url.username) } : {}),
			...named("username"),
			...named("passwordFile"),
			...named("caFile"),
		},
	};
}

function decoded(text: string, part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		throw invalid(`${text}: write a percent sign as %25`);
	}
}

const invalid = (detail: string): DeviceError => new DeviceError("DEVICE_CONFIG_INVALID", detail);

/** The connections in use, by where they lead. Five hundred sensors on one broker are one client of it. */
const connections = new Map<string, { opening: Promise<TopicBroker>; users: number }>();

/** Throws DEVICE_UNREACHABLE or DEVICE_CONFIG_INVALID. */
export async function openTopics(
	address: TopicsAddress,
	{ tap, broker }: { tap: Tap; broker: BrokerAccess | undefined },
): Promise<TopicLink> {
	const wanted = brokerAddress(address, broker);
	const key = JSON.stringify({ ...wanted, presence: wanted.presence?.topic });
	const connection = connections.get(key) ?? { opening: TopicBroker.open(wanted), users: 0 };
	connections.set(key, connection);
	connection.users++;
	const forget = () => {
		if (connections.get(key) === connection) connections.delete(key);
	};
	let shared: TopicBroker;
	try {
		shared = await connection.opening;
	} catch (error) {
		forget();
		throw error;
	}
	void shared.gone.then(forget);
	return linkOver(shared, address.topic, tap, async () => {
		connection.users--;
		if (connection.users > 0) return;
		forget();
		await shared.close();
	});
}

function brokerAddress({ topic, broker, hostId }: TopicsAddress, access: BrokerAccess | undefined): BrokerAddress {
	// Only who is to be a host application says so: the last will of a connection is one, and this one is Sparkplug's.
	const isSparkplug = topic.startsWith(`${SPARKPLUG}/`);
	const presence = isSparkplug ? { presence: presenceOf(hostId ?? "kassahub") } : {};
	if (broker) return { ...broker, ...presence, clientId: `kassahub-${process.pid}${isSparkplug ? "-sparkplug" : ""}` };
	if (!access) throw invalid("the hub's own broker is not known here");
	// No device can have this name, so that no device's mailbox has this id.
	return { ...access, ...presence, clientId: `${access.username}-topics_${isSparkplug ? "sparkplug" : "plain"}` };
}

/** Sparkplug 3.0 ch. 5: the time is that of the connection, the same in the will as in the birth. */
function presenceOf(hostId: string): NonNullable<BrokerAddress["presence"]> {
	const timestamp = Date.now();
	const state = (online: boolean) => JSON.stringify({ online, timestamp });
	return { topic: `${SPARKPLUG}/STATE/${hostId}`, online: state(true), offline: state(false) };
}

function linkOver(shared: TopicBroker, topic: string, tap: Tap, release: () => Promise<void>): TopicLink {
	const subscribed: { filter: string; take: Take }[] = [];
	let closing: Promise<void> | undefined;
	let tellGone: (error: DeviceError) => void = () => undefined;
	const gone = new Promise<DeviceError>((resolve) => {
		tellGone = resolve;
	});
	void shared.gone.then(tellGone);
	const link: TopicLink = {
		gone,
		topic,
		async subscribe(filter, take) {
			const taking: Take = (from, payload) => {
				tap("in", encodePublish({ topic: from, payload, isRetained: false }));
				take(from, payload);
			};
			subscribed.push({ filter, take: taking });
			await shared.subscribe(filter, taking);
		},
		async publish(to, payload, { retain = false } = {}) {
			tap("out", encodePublish({ topic: to, payload, isRetained: retain }));
			await shared.publish(to, payload, retain);
		},
		// What is shared outlives the one who asked for it: it lives as long as the connection.
		shared: (key, make) =>
			shared.shared(key, () =>
				make(
					linkOver(
						shared,
						topic,
						() => undefined,
						async () => undefined,
					),
				),
			),
		close() {
			closing ??= (async () => {
				tellGone(new DeviceError("DEVICE_UNREACHABLE", "closed"));
				for (const { filter, take } of subscribed) shared.unsubscribe(filter, take);
				await release();
			})();
			return closing;
		},
	};
	return link;
}
