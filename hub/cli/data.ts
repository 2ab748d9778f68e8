import { dirname, join, resolve } from "node:path";
import { Books } from "../books/books.ts";
import { DataLocked, lockData } from "../lock.ts";
import { CliFault } from "./command.ts";

export const projectRoot = dirname(dirname(import.meta.dirname));

/** The folder of the shop's data, as the hub finds it too. */
export const dataDir = (): string => resolve(process.env.KASSAHUB_DATA ?? join(projectRoot, "data"));

/** Does something with the data folder while no hub can start in it. Throws CliFault where one works there. */
export async function withLockedData<T>(work: (folder: string) => Promise<T>): Promise<T> {
	const folder = dataDir();
	const lock = takeLock(folder);
	try {
		return await work(folder);
	} finally {
		lock.release();
	}
}

/** Does something with the books of a hub that does not run. */
export function withBooks<T>(work: (books: Books) => Promise<T>): Promise<T> {
	return withLockedData(async (folder) => {
		const books = await Books.open({ dataDir: folder }).catch((error: Error) => {
			throw new CliFault(`The books in ${folder} cannot be opened: ${error.message}`);
		});
		try {
			return await work(books);
		} finally {
			await books.close();
		}
	});
}

function takeLock(folder: string): { release(): void } {
	try {
		return lockData(folder);
	} catch (error) {
		if (!(error instanceof DataLocked)) throw error;
		throw new CliFault(`A hub is working in ${folder}, but it does not answer yet. Try again in a moment.`);
	}
}
