import { execFile } from "node:child_process";
import type { Logger } from "pino";

/**
 * Tells systemd (sd_notify(3)) that the hub is open, and then, as often as its watchdog asks, that its event loop turns:
 * one that hangs says nothing, and is started again. Does nothing where systemd did not start the hub.
 */
export function tellSystemd(
	log: Logger,
	environment: NodeJS.ProcessEnv = process.env,
): {
	stopping(): void;
} {
	if (!environment.NOTIFY_SOCKET) return { stopping: () => undefined };
	// Node has no datagram sockets within a machine, which is how systemd listens; its own program has.
	const notify = (...assignments: string[]): void =>
		void execFile("systemd-notify", assignments, { env: { ...process.env, ...environment } }, (error) => {
			if (error) log.warn({ err: error.message, assignments }, "systemd could not be told");
		});
	notify("READY=1", "STATUS=open");
	const watchdogMs = Number(environment.WATCHDOG_USEC ?? 0) / 1000;
	const timer = watchdogMs > 0 ? setInterval(() => notify("WATCHDOG=1"), watchdogMs / 2) : undefined;
	return {
		stopping() {
			clearInterval(timer);
			notify("STOPPING=1");
		},
	};
}
