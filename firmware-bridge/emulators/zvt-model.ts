/** In what terminals differ, or may differ where the sheet marks it unverified. */
export type ZvtModel = {
	/** How receipts come: lines (06 D1), blocks (06 D3) where the hub asked for them, or not at all. */
	prints: "lines" | "blocks" | "nothing";
	/** Everything is printed before the 04 0F, and not after it. */
	printsFirst: boolean;
	/** A declined or undone transaction uses up a receipt number. */
	numbersDeclines: boolean;
	/** What 06 20 answers where nothing is stored. */
	emptyAnswer: "84" | "06 1E";
	/** Sends 1F1F, and then does not undo what was not acknowledged (section 7.5). */
	sendsTransactionIds: boolean;
	/** Nothing is left for 06 20 after an end of day. */
	forgetsAtEndOfDay: boolean;
	/** Says that the last payment was undone by storing a reversal of its own. */
	storesOwnReversals: boolean;
	/** So many enquiries are answered with "wait" after the link was lost in the middle of a payment. */
	lingers: number;
	/** So long it waits for the hub's answer to a message. */
	ackMs: number;
	/** 04 0F again after 84 9C, after this long, and at most so often. */
	repeatMs: number;
	repeatsMax: number;
	/** An 04 FF so often while it waits for a card; 0: only once. */
	progressMs: number;
};

export const usualModel = (): ZvtModel => ({
	prints: "blocks",
	printsFirst: false,
	numbersDeclines: false,
	emptyAnswer: "84",
	sendsTransactionIds: false,
	forgetsAtEndOfDay: false,
	storesOwnReversals: false,
	lingers: 1,
	ackMs: 5000,
	repeatMs: 2000,
	repeatsMax: 2,
	progressMs: 0,
});
