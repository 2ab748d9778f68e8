import { access } from "node:fs/promises";
import { SerialPort } from "serialport";
import { DeviceError } from "../fault.ts";
import { Inbox } from "./inbox.ts";
import type { Link, SerialSettings, Tap } from "./link.ts";
import { readPaced } from "./pace.ts";

const PRESENCE_MS = 1000;

/** Opens a serial port, exclusively. Throws DEVICE_UNREACHABLE. */
export function openSerial(path: string, { flow, ...frame }: SerialSettings, tap: Tap): Promise<Link> {
	return new Promise((resolve, reject) => {
		// XON and XOFF are heeded and never sent: to a printer they would be bytes of a picture.
		const control = { rtscts: flow === "hardware", xon: flow === "software" };
		const port = new SerialPort({ path, ...frame, ...control, lock: true, autoOpen: false });
		const inbox = new Inbox();
		let reason: string | undefined;
		let presence: NodeJS.Timeout | undefined;
		let tellGone: (error: DeviceError) => void = () => undefined;
		const gone = new Promise<DeviceError>((tell) => {
			tellGone = tell;
		});
		const closed = new Promise<void>((resolveClosed) => port.once("close", () => resolveClosed()));
		const leave = (why: string): void => {
			clearInterval(presence);
			reason ??= why;
			tellGone(new DeviceError("DEVICE_UNREACHABLE", reason));
			if (port.isOpen) port.close(() => undefined);
		};
		port.on("error", (error) => leave(error.message));
		port.on("close", () => leave("the port was closed"));
		readPaced(port, (bytes) => {
			tap("in", bytes);
			inbox.put(bytes);
		});
		port.open((error) => {
			if (error) return reject(new DeviceError("DEVICE_UNREACHABLE", error.message));
			waitForBoth(port);
			// Many scales draw their line driver's power from DTR and RTS; ports without modem lines refuse, and may.
			port.set({ dtr: true, rts: true }, () => undefined);
			// The binding reads an unplugged port as zero bytes for ever, so it is the device file that tells.
			presence = setInterval(() => access(path).catch(() => leave(`${path} is gone`)), PRESENCE_MS);
			resolve({
				gone,
				isSerial: true,
				listen: (receive) => inbox.listen(receive),
				write: (bytes) =>
					new Promise((written, failed) => {
						if (!port.isOpen) return failed(new DeviceError("DEVICE_UNREACHABLE", reason ?? "the port is closed"));
						tap("out", bytes);
						port.write(Buffer.from(bytes), (failure) => {
							if (!failure) return written();
							leave(failure.message);
							failed(new DeviceError("DEVICE_UNREACHABLE", failure.message));
						});
					}),
				close: async () => {
					leave("closed");
					await closed;
				},
			});
		});
	});
}

const READABLE = 1;
const WRITABLE = 2;

/**
 * @serialport/bindings-cpp 13 waits for one event at a time: a wait for bytes to come in makes it forget that there is
 * room for more to go out, and a long receipt hangs in the middle. Whatever it waits for, it is made to wait for both.
 */
function waitForBoth(port: SerialPort): void {
	if (!port.port || !("poller" in port.port)) return;
	const { poller } = port.port;
	const poll = poller.poll.bind(poller);
	poller.poll = (events = 0) => {
		const reading = poller.listenerCount("readable") > 0 ? READABLE : 0;
		const writing = poller.listenerCount("writable") > 0 ? WRITABLE : 0;
		poll(events | reading | writing);
	};
}
