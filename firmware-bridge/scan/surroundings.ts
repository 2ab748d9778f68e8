import { networkInterfaces } from "node:os";
import type { Logger } from "pino";
import { SerialPort } from "serialport";
import type { DevicePlan } from "../config.ts";
import { namesOfReaders } from "../links/cards.ts";
import type { BrokerAccess } from "../links/link.ts";
import { listenForAnnouncements } from "./announcements.ts";
import { lookForCardReaders } from "./card-readers.ts";
import { namedHosts, ownHosts } from "./networks.ts";
import type { Surroundings } from "./scan.ts";
import { lookForSensors } from "./sensors.ts";
import { cardReadersOnUsb } from "./usb-bus.ts";

const RAW_PRINTING_PORT = 9100;
const LISTEN_MS = 3000;

/**
 * This box and its networks. `networks`, as KASSAHUB_SCAN has it: networks to search in place of the box's own, such as
 * `192.168.1.0/24`, to which alone anything is then sent; `off` for none.
 */
export function surroundingsOf(networks: string | undefined, broker: BrokerAccess, log: Logger): Surroundings {
	const local = {
		root: "/",
		listPorts: () => SerialPort.list(),
		printerPort: RAW_PRINTING_PORT,
		others: {
			readers: (plans: readonly DevicePlan[]) =>
				lookForCardReaders({ names: namesOfReaders, plugged: () => cardReadersOnUsb("/") }, plans),
			sensors: () => lookForSensors(broker),
		},
	};
	if (networks === undefined || networks === "") {
		return {
			...local,
			hosts: () => ownHosts(networkInterfaces()),
			announced: () => listenForAnnouncements(LISTEN_MS),
		};
	}
	return { ...local, hosts: () => hostsIn(networks, log), announced: async () => [] };
}

function hostsIn(networks: string, log: Logger): readonly string[] {
	if (networks === "off") return [];
	try {
		return namedHosts(networks);
	} catch (error) {
		log.error({ err: (error as Error).message }, "KASSAHUB_SCAN: no network is searched");
		return [];
	}
}
