/** Tells when nothing was heard for a while. */
export class Silence {
	readonly #ms: number;
	readonly #fallen: () => void;
	#timer: NodeJS.Timeout | undefined;
	#heardSince = false;

	constructor(ms: number, fallen: () => void) {
		this.#ms = ms;
		this.#fallen = fallen;
	}

	heard(): void {
		this.#heardSince = true;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			// On a busy machine bytes may lie waiting for this very turn of the loop: they are heard first.
			this.#heardSince = false;
			setImmediate(() => !this.#heardSince && this.#fallen());
		}, this.#ms).unref();
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#heardSince = true;
	}
}
