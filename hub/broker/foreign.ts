import type { Account } from "../pairing/accounts.ts";

const TOPIC_BYTES_MAX = 256;
const LEVELS_MAX = 10;
export const FOREIGN_PAYLOAD_BYTES_MAX = 64 * 1024;

/**
 * Whether a topic or filter is one of third-party sensors: Home Assistant, Tasmota, Zigbee2MQTT, Shelly, Sparkplug,
 * ESPHome's own prefix. None of the contract, none of the broker, and no wildcard in front: what a foreign filter hears
 * can never be a message of the contract.
 */
export function isForeign(topic: string): boolean {
	if (topic.length > TOPIC_BYTES_MAX || Buffer.byteLength(topic) > TOPIC_BYTES_MAX) return false;
	const levels = topic.split("/");
	const [root = ""] = levels;
	return levels.length <= LEVELS_MAX && root !== "" && root !== "kassahub" && !/^[$+#]/.test(root);
}

/** Who speaks with third-party sensors: they themselves, and the bridge that adopts them. */
const speaksForeign = ({ kind }: Account): boolean => kind === "sensor" || kind === "bridge";

export const mayUseForeign = (account: Account, topic: string): boolean => speaksForeign(account) && isForeign(topic);
