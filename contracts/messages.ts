import { alert } from "./alert.ts";
import { booking } from "./booking.ts";
import { cashMovement } from "./cash-movement.ts";
import { catalogueVersion } from "./catalogue-version.ts";
import { command } from "./command.ts";
import { deviceState } from "./device-state.ts";
import { drawer } from "./drawer.ts";
import { journalHead } from "./journal-head.ts";
import type { MessageDefinition } from "./message.ts";
import { paymentRequest } from "./payment-request.ts";
import { reading } from "./reading.ts";
import { rejection } from "./rejection.ts";
import { relayState } from "./relay-state.ts";
import { result } from "./result.ts";
import { sale } from "./sale.ts";
import { stockLevel } from "./stock-level.ts";
import { stockMovement } from "./stock-movement.ts";
import { trace } from "./trace.ts";
import { turnover } from "./turnover.ts";

/** Every message on the hub's broker. Access rules and documents are derived from this list: what is not here is refused. */
export const messages: readonly MessageDefinition[] = [
	sale,
	cashMovement,
	stockMovement,
	paymentRequest,
	booking,
	rejection,
	drawer,
	stockLevel,
	catalogueVersion,
	turnover,
	deviceState,
	reading,
	command,
	result,
	trace,
	journalHead,
	relayState,
	alert,
];
