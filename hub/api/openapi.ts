import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import { Alert, alert } from "@kassahub/contracts/alert.ts";
import { BookedPayment, bookedPaymentExample } from "@kassahub/contracts/booked-payment.ts";
import { BookedSale, bookedSaleExample } from "@kassahub/contracts/booked-sale.ts";
import { Booking, booking } from "@kassahub/contracts/booking.ts";
import { Box, boxExample } from "@kassahub/contracts/box.ts";
import { CashMovement, cashMovement } from "@kassahub/contracts/cash-movement.ts";
import { DeviceHistory, deviceHistoryExample, LastReading } from "@kassahub/contracts/device-history.ts";
import { DeviceState, deviceState } from "@kassahub/contracts/device-state.ts";
import { Drawer, drawer } from "@kassahub/contracts/drawer.ts";
import { Health, healthExample } from "@kassahub/contracts/health.ts";
import { ImportReport, importReportExample } from "@kassahub/contracts/import-report.ts";
import { JournalEntry } from "@kassahub/contracts/journal-entry.ts";
import { LogLine, logLineExample } from "@kassahub/contracts/log-line.ts";
import { PaymentOutcome } from "@kassahub/contracts/payment-outcome.ts";
import { PaymentRequest, paymentRequest } from "@kassahub/contracts/payment-request.ts";
import { Problem, problemExample } from "@kassahub/contracts/problem.ts";
import { Product, productExample } from "@kassahub/contracts/product.ts";
import { QuarantineItem } from "@kassahub/contracts/quarantine-item.ts";
import { Receipt } from "@kassahub/contracts/receipt.ts";
import { RelayState, relayState } from "@kassahub/contracts/relay-state.ts";
import { Result, result } from "@kassahub/contracts/result.ts";
import { rights } from "@kassahub/contracts/role.ts";
import { Sale, sale } from "@kassahub/contracts/sale.ts";
import { ShelfState, shelfStateExample } from "@kassahub/contracts/shelf-state.ts";
import { Shop, shopExample } from "@kassahub/contracts/shop.ts";
import { StockLevel, stockLevel } from "@kassahub/contracts/stock-level.ts";
import { StockMovement, stockMovement } from "@kassahub/contracts/stock-movement.ts";
import { Turnover, turnover } from "@kassahub/contracts/turnover.ts";
import type { TSchema } from "typebox";
import { API_PREFIX, admissionTo } from "./access.ts";
import { CommandRequest, commandRequestExample } from "./command-request.ts";

type Json = { [key: string]: unknown };

/** The schemas that stand in the document under their own name, each with its example. */
const named: Record<string, { schema: TSchema; example?: unknown }> = {
	Alert: { schema: Alert, example: alert.example },
	BookedPayment: { schema: BookedPayment, example: bookedPaymentExample },
	BookedSale: { schema: BookedSale, example: bookedSaleExample },
	Booking: { schema: Booking, example: booking.example },
	Box: { schema: Box, example: boxExample },
	CashMovement: { schema: CashMovement, example: cashMovement.example },
	CommandRequest: { schema: CommandRequest, example: commandRequestExample },
	DeviceHistory: { schema: DeviceHistory, example: deviceHistoryExample },
	DeviceState: { schema: DeviceState, example: deviceState.example },
	Drawer: { schema: Drawer, example: drawer.example },
	Health: { schema: Health, example: healthExample },
	ImportReport: { schema: ImportReport, example: importReportExample },
	JournalEntry: { schema: JournalEntry },
	LastReading: { schema: LastReading },
	LogLine: { schema: LogLine, example: logLineExample },
	PaymentOutcome: { schema: PaymentOutcome, example: bookedPaymentExample.outcome },
	PaymentRequest: { schema: PaymentRequest, example: paymentRequest.example },
	Problem: { schema: Problem, example: problemExample },
	Product: { schema: Product, example: productExample },
	QuarantineItem: { schema: QuarantineItem },
	Receipt: { schema: Receipt },
	RelayState: { schema: RelayState, example: relayState.example },
	Result: { schema: Result, example: result.example },
	Sale: { schema: Sale, example: sale.example },
	ShelfState: { schema: ShelfState, example: shelfStateExample },
	Shop: { schema: Shop, example: shopExample },
	StockLevel: { schema: StockLevel, example: stockLevel.example },
	StockMovement: { schema: StockMovement, example: stockMovement.example },
	Turnover: { schema: Turnover, example: turnover.example },
};

/** How @fastify/swagger makes the OpenAPI document out of the routes. */
export const openapiOptions = (version: string): FastifyDynamicSwaggerOptions => ({
	openapi: {
		openapi: "3.1.0",
		info: {
			title: "Kassahub",
			version,
			description:
				"REST of the hub in the shop. Sign in with the token that `kassahub pair` printed. What is refused is answered as application/problem+json with a stable code and a remedy. The MQTT side is described in /api/asyncapi.json.",
			license: { name: "MIT", identifier: "MIT" },
		},
		servers: [{ url: "/" }],
		security: [{ bearer: [] }],
		components: {
			securitySchemes: { bearer: { type: "http", scheme: "bearer", description: "A paired client's token" } },
		},
	},
	convertConstToEnum: false,
	transform: ({ schema, url, route }) => {
		if (!url.startsWith(`${API_PREFIX}/`)) return { schema, url };
		const admission = admissionTo([route.method].flat()[0] ?? "GET", url);
		const { description = "" } = schema as { description?: string };
		return { schema: { ...schema, description: `${description} ${wordsOf(admission)}`.trim() }, url };
	},
	transformObject: (document) => ("openapiObject" in document ? nameSchemas(document.openapiObject) : {}),
});

/** `For: register, technician; people: owner, manager.` */
function wordsOf(admission: ReturnType<typeof admissionTo>): string {
	if (admission === undefined || admission === "open") return "For: everyone.";
	const { kinds, right } = admission;
	const people = right === "nobody" ? [] : right === "signed-in" ? ["everyone signed in"] : rights[right];
	const parts = [kinds.join(", "), people.length > 0 ? `people: ${people.join(", ")}` : ""].filter(
		(part) => part !== "",
	);
	return `For: ${parts.join("; ")}.`;
}

/** Writes every named schema once, and a reference wherever it stood. */
export function nameSchemas<T extends object>(document: T): T {
	const names = new Map(Object.entries(named).map(([name, { schema }]) => [JSON.stringify(schema), name]));
	const refer = (node: unknown, isRoot = false): unknown => {
		if (node === null || typeof node !== "object") return node;
		if (Array.isArray(node)) return node.map((item) => refer(item));
		const name = isRoot ? undefined : names.get(JSON.stringify(node));
		if (name) return { $ref: `#/components/schemas/${name}` };
		const written = Object.fromEntries(Object.entries(node).map(([key, member]) => [key, refer(member)]));
		// @fastify/swagger takes a parameter with a default for one that must be given.
		if (written.in === "query" && (written.schema as Json).default !== undefined) written.required = false;
		if (written.description === "Default Response") written.description = "As asked";
		return written;
	};
	const plain = JSON.parse(JSON.stringify(document)) as Json & { components?: Json };
	const schemas = Object.entries(named).map(([name, { schema, example }]) => {
		const written = refer(JSON.parse(JSON.stringify(schema)), true) as Json;
		return [name, example === undefined ? written : { ...written, examples: [example] }];
	});
	return {
		...(refer(plain, true) as Json),
		components: { ...plain.components, schemas: Object.fromEntries(schemas) },
	} as unknown as T;
}
