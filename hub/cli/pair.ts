import { join } from "node:path";
import { type Credentials, PairingKind } from "@kassahub/contracts/credentials.ts";
import { Compile } from "typebox/compile";
import { Accounts, PairingRefused } from "../pairing/accounts.ts";
import { pairingLink } from "../pairing/link.ts";
import { type CliCommand, CliFault, print, say } from "./command.ts";
import { withLockedData } from "./data.ts";
import { RunningHub } from "./running-hub.ts";

const kinds = PairingKind.enum;
const kindValidator = Compile(PairingKind);
const HTTPS_PORT = 8443;

export const pair: CliCommand = {
	words: "pair",
	summary: "Pair a register, sensor or technician, and print its credentials; the same name again replaces them",
	options: {
		kind: { type: "string", value: kinds.join("|"), isRequired: true, description: "What it is" },
		name: { type: "string", value: "N", isRequired: true, description: "Its name: kassa-1" },
	},
	async run({ options }) {
		const { kind, name } = options;
		if (!kindValidator.Check(kind)) throw new CliFault(`--kind is "${kind}". Write one of: ${kinds.join(", ")}.`);
		const hub = await RunningHub.find();
		const credentials = hub
			? await hub.post<Credentials>("/pairings", { kind, name })
			: await pairWithoutHub(kind, String(name));
		const port = hub?.httpsPort ?? (Number(process.env.KASSAHUB_HTTPS_PORT) || HTTPS_PORT);
		const link = pairingLink(kind, credentials, port);
		if (link) say(`Open this link on it to sign in:\n${link}\n`);
		say(`${name} is paired. These credentials are shown once; pairing it again replaces them.`);
		print(credentials);
		return 0;
	},
};

function pairWithoutHub(kind: PairingKind, name: string): Promise<Credentials> {
	return withLockedData(async (folder) => {
		const accounts = await Accounts.open(join(folder, "pairings.json"));
		return accounts.pair(kind, name);
	}).catch((error: unknown) => {
		if (error instanceof PairingRefused) throw new CliFault(`${error.message}. ${error.remedy}`);
		throw error;
	});
}
