import { type Static, Type } from "typebox";

export const LogLevel = Type.Enum(["trace", "debug", "info", "warn", "error", "fatal"]);
export type LogLevel = Static<typeof LogLevel>;

/** pino's numbers. */
export const levelNumbers: Record<LogLevel, number> = {
	trace: 10,
	debug: 20,
	info: 30,
	warn: 40,
	error: 50,
	fatal: 60,
};

/** One line of the log of the hub or of one of its parts; what else it carries differs from line to line. */
export const LogLine = Type.Object({
	level: Type.Integer({ description: "10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal" }),
	time: Type.Integer({ description: "Milliseconds since 1970" }),
	part: Type.String({ description: "hub, broker, payments, firmware-bridge, cloud-relay, cloud, …" }),
	msg: Type.Optional(Type.String()),
});
export type LogLine = Static<typeof LogLine>;

export const logLineExample: LogLine = {
	level: 40,
	time: 1_795_861_200_000,
	part: "firmware-bridge",
	msg: "lost; connecting again",
};
