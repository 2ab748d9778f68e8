import type { DeviceError } from "../fault.ts";

/** in: from the device to the hub. */
export type Direction = "in" | "out";

/** Is told whatever passes a link, as it passes: the flight recorder's ear. */
export type Tap = (direction: Direction, bytes: Uint8Array) => void;

/** What the bus or the network says of the device at the other end, before anything was asked of it. */
export type Identity = { model?: string; serialNumber?: string; firmware?: string };

/** A way to a device. It knows where the device is and never what it says. */
export interface Connection {
	/** Resolves once, when the link is lost or closed. */
	readonly gone: Promise<DeviceError>;
	close(): Promise<void>;
	readonly identity?: Identity;
}

/** A stream of bytes: tcp, serial, usb, evdev. */
export interface Link extends Connection {
	/** A cable that keeps nothing in order by itself: a protocol with another form for it needs to know. */
	readonly isSerial?: true;
	/** Resolves when the system took the bytes, which says nothing about the device. Throws DEVICE_UNREACHABLE. */
	write(bytes: Uint8Array): Promise<void>;
	/** One listener; bytes that come before it are kept, up to a bound. */
	listen(receive: (bytes: Uint8Array) => void): void;
}

/** Two TCP channels (OPI): the hub dials one for its requests, the device dials the other for its own. */
export interface ChannelPair extends Connection {
	/** A new connection to the device. Throws DEVICE_UNREACHABLE, and nothing has been sent then. */
	dial(): Promise<Link>;
	/** Connections that the device makes to the hub. */
	welcome(take: (link: Link) => void): void;
}

/** One HTTP request, one answer. */
export interface HttpLink extends Connection {
	/** Over TLS, to a device whose certificate was checked. */
	readonly isSecure: boolean;
	/**
	 * The answer's body. Throws DEVICE_UNREACHABLE where none comes within `withinMs`, as a NotSentError where the device
	 * was not even reached; DEVICE_GARBLED where it answers with an error of HTTP's.
	 */
	post(body: Uint8Array, withinMs: number): Promise<Uint8Array>;
}

/** A card in a reader's field. `atr`: its answer to reset (PC/SC part 3), which says what kind of card it is. */
export type CardEvent =
	| { kind: "present"; atr: Uint8Array }
	/** Something is there that can't be spoken with. */
	| { kind: "unreadable"; detail: string }
	| { kind: "removed" };

/** An NFC reader over PC/SC. */
export interface CardLink extends Connection {
	watch(take: (event: CardEvent) => void): void;
	/** The card's answer, SW1 and SW2 included. Throws DEVICE_UNREACHABLE where the card was taken away. */
	transmit(apdu: Uint8Array): Promise<Uint8Array>;
}

/** Topics of an MQTT broker that sensors speak on. */
export interface TopicLink extends Connection {
	/** The link's own topic: where the sensor announces itself. */
	readonly topic: string;
	subscribe(filter: string, take: (topic: string, payload: Uint8Array) => void): Promise<void>;
	publish(topic: string, payload: Uint8Array, options?: { retain?: boolean }): Promise<void>;
	/** One thing for all whose links share a connection to a broker, made by the first who asks, over a link of its own. */
	shared<T>(key: string, make: (link: TopicLink) => T): T;
}

/** The kinds of link, by what a driver speaks over them. */
export type Links = {
	bytes: Link;
	channels: ChannelPair;
	http: HttpLink;
	cards: CardLink;
	topics: TopicLink;
};
export type LinkKind = keyof Links;

/** The way to the hub's own broker. */
export type BrokerAccess = { url: string; username: string; password: string };

export type SerialSettings = {
	baudRate: number;
	dataBits: 7 | 8;
	parity: "none" | "even" | "odd";
	stopBits: 1 | 2;
	/** Who says that the device's buffer is full: RTS and CTS, or XON and XOFF. Absent: nobody. */
	flow?: "none" | "hardware" | "software";
};
