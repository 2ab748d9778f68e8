import type { AuthenticateError, Client, ConnectPacket } from "aedes";
import type { Account, Accounts } from "../pairing/accounts.ts";
import { mayLeaveWill } from "./access.ts";
import type { Sessions } from "./sessions.ts";

const CLIENT_ID_LENGTH_MAX = 128;
const SESSIONS_PER_ACCOUNT_MAX = 64;
const CONNECTIONS_PER_ACCOUNT_MAX = 64;

/** CONNACK codes of MQTT 3.1.1 §3.2.2.3. */
const IDENTIFIER_REJECTED = 2;
const UNAVAILABLE = 3;
const BAD_CREDENTIALS = 4;
const NOT_AUTHORIZED = 5;

/** What the broker knows of a connection: where it comes from, what it asked for, and whose it is. */
export type Connection = {
	address: string;
	/** Others on the network can read along. */
	isOpen: boolean;
	will: ConnectPacket["will"];
	account: Account | undefined;
};

/** Why a connection is refused, with the CONNACK code that says so. */
export class ConnectionRefused extends Error implements AuthenticateError {
	readonly returnCode: AuthenticateError["returnCode"];
	constructor(returnCode: number, message: string) {
		super(message);
		this.name = "ConnectionRefused";
		this.returnCode = returnCode;
	}
}

/**
 * Who connects. Throws ConnectionRefused for an anonymous client, wrong credentials, a client id of another account, one
 * connection or session too many, and a last will that the account may not publish.
 */
export async function identify({
	client,
	connection,
	username,
	password,
	accounts,
	sessions,
	holderOf,
	connectionsOf,
}: {
	client: Client;
	connection: Connection;
	username: string | undefined;
	password: Buffer | undefined;
	accounts: Accounts;
	sessions: Sessions;
	/** The account that is connected with a client id now. */
	holderOf: (clientId: string) => string | undefined;
	/** How many connections an account has now. */
	connectionsOf: (account: string) => number;
}): Promise<Account> {
	if (!username || !password) throw new ConnectionRefused(NOT_AUTHORIZED, "anonymous");
	const account = await accounts.authenticate(username, password.toString("utf8"), connection.address);
	if (!account) throw new ConnectionRefused(BAD_CREDENTIALS, "wrong credentials");
	if (connection.isOpen && account.kind !== "sensor") {
		throw new ConnectionRefused(NOT_AUTHORIZED, `${account.name} must use TLS: without it only sensors are let in`);
	}

	// An id that begins with an account's name is that account's alone. Any other will do for a session that ends with
	// its connection, as the defaults of mosquitto_pub and MQTT.js are.
	const owner = accounts.ownerOf(client.id);
	const holder = holderOf(client.id);
	const isForeign = owner
		? owner.name !== account.name
		: !client.clean || (holder !== undefined && holder !== account.name);
	if (isForeign || client.id.length > CLIENT_ID_LENGTH_MAX) {
		throw new ConnectionRefused(
			IDENTIFIER_REJECTED,
			`client id not allowed for ${account.name}: use ${account.name}, ${account.name}-<suffix>, or none with a clean session`,
		);
	}
	const sessionOwner = sessions.ownerOf(client.id);
	if (sessionOwner !== undefined && sessionOwner !== account.name) sessions.forget(client.id);
	// The bridge keeps one for each device of devices.yaml, and a shop may have hundreds of shelf sensors.
	const isBounded = !client.clean && sessionOwner === undefined && account.kind !== "bridge";
	if (isBounded && sessions.countOf(account.name) >= SESSIONS_PER_ACCOUNT_MAX) {
		throw new ConnectionRefused(IDENTIFIER_REJECTED, `${account.name} keeps too many sessions`);
	}

	// A client that connects anew takes the place of its own earlier connection.
	const isMore = holder === undefined && account.kind !== "bridge";
	if (isMore && connectionsOf(account.name) >= CONNECTIONS_PER_ACCOUNT_MAX) {
		throw new ConnectionRefused(UNAVAILABLE, `${account.name} is connected too often`);
	}

	const { will } = connection;
	if (will && !mayLeaveWill(account, will.topic)) {
		throw new ConnectionRefused(NOT_AUTHORIZED, `last will not allowed on ${will.topic}`);
	}
	return account;
}
