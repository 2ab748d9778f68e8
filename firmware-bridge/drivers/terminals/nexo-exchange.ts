import { DeviceError } from "../../fault.ts";
import type { HttpLink } from "../../links/link.ts";
import { type SharedKey, seal, unseal } from "./nexo-crypto.ts";
import type { NexoRequest } from "./nexo-requests.ts";
import { decodeResponse, NexoError, type NexoResponse } from "./nexo-responses.ts";

/** Asks over a link, encrypted where there is a key, and takes only the answer to its own question. */
export class NexoExchange {
	readonly #link: HttpLink;
	readonly #key: SharedKey | undefined;

	constructor(link: HttpLink, key: SharedKey | undefined) {
		this.#link = link;
		this.#key = key;
	}

	/** Throws a NotSentError where nothing was asked, DEVICE_UNREACHABLE or DEVICE_GARBLED where that may have been done. */
	async ask<K extends NexoResponse["kind"]>(
		request: NexoRequest,
		kind: K,
		withinMs: number,
	): Promise<Extract<NexoResponse, { kind: K }>> {
		const text = await this.#post(request, withinMs);
		try {
			const response = decodeResponse(this.#key ? unseal(text, this.#key) : text);
			const { MessageCategory, ServiceID, SaleID, POIID } = request.SaleToPOIRequest.MessageHeader;
			const { header } = response;
			const isOurs =
				header.MessageType === "Response" &&
				header.MessageCategory === MessageCategory &&
				header.ServiceID === ServiceID &&
				header.SaleID === SaleID;
			if (!isOurs || response.kind !== kind) throw new NexoError("the answer to another question");
			if (header.POIID !== POIID) throw new NexoError(`another terminal answers: ${header.POIID.slice(0, 64)}`);
			return response as Extract<NexoResponse, { kind: K }>;
		} catch (error) {
			if (error instanceof NexoError) throw new DeviceError("DEVICE_GARBLED", error.message);
			throw error;
		}
	}

	/** An abort is answered with an empty body (sheet B3). */
	async tell(request: NexoRequest, withinMs: number): Promise<void> {
		await this.#post(request, withinMs);
	}

	async #post(request: NexoRequest, withinMs: number): Promise<string> {
		const text = this.#key ? seal(request, this.#key) : JSON.stringify(request);
		return Buffer.from(await this.#link.post(Buffer.from(text), withinMs)).toString("utf8");
	}
}
