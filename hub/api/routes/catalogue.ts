import { Sku } from "@kassahub/contracts/fields.ts";
import { ImportReport } from "@kassahub/contracts/import-report.ts";
import { Product } from "@kassahub/contracts/product.ts";
import { Type } from "typebox";
import { importCatalogue } from "../../catalogue/import.ts";
import { answers, bookingAnswers } from "../answers.ts";
import { callerOf, sourceOf } from "../caller.ts";
import type { App, Parts } from "../parts.ts";
import { Problem, problemOf } from "../problem.ts";

const tags = ["catalogue"];
const IMPORT_BYTES_MAX = 8 * 1024 * 1024;

export function catalogueRoutes(app: App, { audit, books, clock }: Parts): void {
	app.get(
		"/catalogue",
		{
			schema: {
				tags,
				summary: "The catalogue, whole or what changed since a version",
				querystring: Type.Object({
					since: Type.Integer({ minimum: 0, default: 0, description: "The version you have; 0 for the whole" }),
				}),
				response: answers({
					200: Type.Object({ version: Type.Integer({ minimum: 0 }), products: Type.Array(Product) }),
				}),
			},
		},
		(request) => books.catalogue(request.query.since),
	);

	app.put(
		"/catalogue/products/:sku",
		{
			schema: {
				tags,
				summary: "Add or change a product",
				params: Type.Object({ sku: Sku }),
				body: Product,
				response: bookingAnswers,
			},
		},
		async (request, reply) => {
			const { params, body } = request;
			if (body.sku !== params.sku) {
				const message = `/sku is ${body.sku}, but the path says ${params.sku}`;
				const reason = { field: "/sku", code: "FIELD_INVALID", message, remedy: `Send ${params.sku}` };
				throw new Problem(400, "FIELD_INVALID", message, { remedy: reason.remedy, reasons: [reason] });
			}
			const outcome = await books.submit({
				kind: "product",
				source: sourceOf(callerOf(request)),
				register: null,
				topic: request.url,
				payload: new TextEncoder().encode(JSON.stringify(body)),
			});
			if (outcome.status === "rejected") throw problemOf(outcome.rejection);
			reply.code(outcome.booking.duplicate ? 200 : 201);
			return outcome.booking;
		},
	);

	app.addContentTypeParser("text/csv", { parseAs: "buffer", bodyLimit: IMPORT_BYTES_MAX }, (_request, bytes, done) =>
		done(null, bytes),
	);
	app.post(
		"/catalogue/import",
		{
			bodyLimit: IMPORT_BYTES_MAX,
			schema: {
				tags,
				summary: "Import products from CSV",
				description:
					"Columns: sku, name, group, unit, price, vatRate; and where wanted nameEn, ean, reorderLevel, cost, supplier, stock. Good lines go in, the others are named.",
				consumes: ["text/csv"],
				querystring: Type.Object({
					stock: Type.Boolean({ default: false, description: "Also book the column `stock` as counted" }),
				}),
				response: answers({ 200: ImportReport }),
			},
		},
		(request) => {
			if (!(request.body instanceof Uint8Array)) throw new Problem(415, "MEDIA_TYPE_UNSUPPORTED", "The body is no CSV");
			audit.note(sourceOf(callerOf(request)), "products-imported");
			return importCatalogue(books, request.body, {
				source: sourceOf(callerOf(request)),
				countsStock: request.query.stock,
				at: clock.now().at,
			});
		},
	);
}
