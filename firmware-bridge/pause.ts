/** Waits `ms`, or less where `until` settles first; leaves no timer behind. */
export async function pause(ms: number, until: Promise<unknown>): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const over = new Promise<void>((resolve) => {
		timer = setTimeout(resolve, ms);
	});
	try {
		await Promise.race([over, until]);
	} finally {
		clearTimeout(timer);
	}
}
