/** What a device sends before anyone listens is kept up to here; older bytes are of no use to anyone. */
const KEPT_BYTES_MAX = 4096;

/** The receiving side of a link: hands bytes to its one listener, and keeps those that come before it. */
export class Inbox {
	#receive: ((bytes: Uint8Array) => void) | undefined;
	#early: Uint8Array = new Uint8Array();

	put(bytes: Uint8Array): void {
		if (this.#receive) this.#receive(bytes);
		else this.#early = Buffer.concat([this.#early, bytes]).subarray(-KEPT_BYTES_MAX);
	}

	listen(receive: (bytes: Uint8Array) => void): void {
		this.#receive = receive;
		const early = this.#early;
		this.#early = new Uint8Array();
		if (early.length > 0) receive(early);
	}
}
