import type { IncomingMessage, ServerResponse } from "node:http";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { Config } from "@kassahub/contracts/config.ts";
import type { RelayState } from "@kassahub/contracts/relay-state.ts";
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from "fastify";
import type { Alerts } from "../alerts.ts";
import type { Audit } from "../audit.ts";
import type { Backups } from "../backup/backups.ts";
import type { Books } from "../books/books.ts";
import type { BoxWatch } from "../box/watch.ts";
import type { Broker } from "../broker/broker.ts";
import type { Clock } from "../clock.ts";
import type { ConfigWriter } from "../config-writer.ts";
import type { Devices } from "../devices/devices.ts";
import type { Histories } from "../devices/history.ts";
import type { LogBook } from "../logs/log-book.ts";
import type { Accounts } from "../pairing/accounts.ts";
import type { PairingCodes } from "../pairing/codes.ts";
import type { ClaimWindow } from "../people/claim.ts";
import type { People } from "../people/people.ts";
import type { SignedIn } from "../people/signed-in.ts";
import type { Shelves } from "../shelves/open-shelves.ts";
import type { Certificates } from "../tls/certificates.ts";

/** The rest of the hub, as the API is given it. */
export type Parts = {
	books: Books;
	backups: Pick<Backups, "state" | "beginInFolder" | "beginTo">;
	accounts: Accounts;
	broker: Broker;
	devices: Devices;
	histories: Histories;
	relay: { state(): RelayState | undefined };
	shelves: Pick<Shelves, "list">;
	alerts: Alerts;
	config: Config;
	box: Pick<BoxWatch, "view">;
	clock: Clock;
	codes: PairingCodes;
	claim: Pick<ClaimWindow, "isOpen" | "isClaimed">;
	configWriter: ConfigWriter;
	people: People;
	signedIn: SignedIn;
	audit: Audit;
	certificates: Pick<Certificates, "authority">;
	/** Known once the hub listens there. */
	httpsPort(): number;
	/** Whether a request came over TLS. */
	isEncrypted(request: FastifyRequest): boolean;
	/** Folder of the shop's data. */
	dataDir: string;
	/** Folder of the built web pages. */
	pages: string;
	logs: Pick<LogBook, "lines" | "follow">;
	log: FastifyBaseLogger;
};

export type App = FastifyInstance<
	RawServerDefault,
	IncomingMessage,
	ServerResponse,
	FastifyBaseLogger,
	TypeBoxTypeProvider
>;
