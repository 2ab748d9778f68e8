import { createReadStream, createWriteStream } from "node:fs";
import { chmod, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Writable } from "node:stream";
import { Decrypter, Encrypter } from "age-encryption";
import { createTarDecoder, createTarPacker } from "modern-tar";
import { ArchiveUnreadable } from "./faults.ts";
import type { Lock } from "./plan.ts";

/**
 * A backup is an age file (https://age-encryption.org/v1) over a tar archive: `age -d` and `tar -x` open it on any
 * machine, without us. age authenticates every 64 KiB and the end, so a changed or cut-off file is never taken for whole.
 */

/** age's own default of 2^18 takes 256 MB of memory, which a Pi has not to spare; 2^16 takes 64 MB. */
const SCRYPT_LOG_N = 16;

export type Unlock = { passphrase?: string; identity?: string };

/** One file of an archive: its name there, its size, and where its bytes come from. */
export type Packed = { name: string; bytes: number; content: Uint8Array | { file: string } };

/**
 * Writes an encrypted archive beside `to`, syncs it and renames it: `to` is the old file or the whole new one.
 * Returns its size in bytes. Throws what the disk says.
 */
export async function writeArchive(to: string, lock: Lock, files: readonly Packed[], tell: (bytes: number) => void) {
	const encrypter = new Encrypter();
	if ("recipient" in lock) encrypter.addRecipient(lock.recipient);
	else {
		encrypter.setPassphrase(lock.passphrase);
		encrypter.setScryptWorkFactor(SCRYPT_LOG_N);
	}
	const { readable, controller } = createTarPacker();
	const draft = `${to}.part`;
	let bytes = 0;
	try {
		await using output = await open(draft, "w", 0o600);
		const packing = pack(files, controller);
		const writing = (async () => {
			for await (const chunk of await encrypter.encrypt(readable)) {
				await output.writeFile(chunk);
				bytes += chunk.byteLength;
				tell(bytes);
			}
			await output.sync();
		})();
		// Where the disk is full the packer would wait for ever for somebody to read on.
		writing.catch((error: unknown) => controller.error(error));
		await Promise.all([writing, packing]);
		await rename(draft, to);
	} catch (error) {
		await rm(draft, { force: true });
		throw error;
	}
	await syncFolder(dirname(to));
	return bytes;
}

async function pack(
	files: readonly Packed[],
	controller: ReturnType<typeof createTarPacker>["controller"],
): Promise<void> {
	try {
		for (const { name, bytes, content } of files) {
			const entry = controller.add({ name, size: bytes, mode: 0o600 });
			if (content instanceof Uint8Array) {
				const writer = entry.getWriter();
				await writer.write(content);
				await writer.close();
			} else {
				await (Readable.toWeb(createReadStream(content.file)) as ReadableStream<Uint8Array>).pipeTo(entry);
			}
		}
		controller.finalize();
	} catch (error) {
		controller.error(error);
		throw error;
	}
}

/** A name from an archive that cannot lead out of the folder it is put into. */
const NAME = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._-][A-Za-z0-9._ /-]*$/;

/**
 * Unpacks a whole archive into a folder that it makes. Throws ArchiveUnreadable where any byte of it is not as it was
 * written, or it does not open; then the folder may hold a part of it, which is nothing worth.
 */
export async function readArchive(file: string, unlock: Unlock, folder: string): Promise<string[]> {
	const decrypter = new Decrypter();
	if (unlock.passphrase !== undefined) decrypter.addPassphrase(unlock.passphrase);
	if (unlock.identity !== undefined) decrypter.addIdentity(unlock.identity);
	const names: string[] = [];
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const encrypted = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
	try {
		const plain = await decrypter.decrypt(encrypted);
		for await (const { header, body } of plain.pipeThrough(createTarDecoder({ strict: true }))) {
			if (!NAME.test(header.name) || header.name.endsWith("/") || (header.type ?? "file") !== "file") {
				throw new ArchiveUnreadable(`it holds "${header.name}", which no backup of ours has`);
			}
			const path = join(folder, header.name);
			await mkdir(dirname(path), { recursive: true, mode: 0o700 });
			await body.pipeTo(Writable.toWeb(createWriteStream(path, { mode: 0o600, flush: true })) as WritableStream);
			await chmod(path, 0o600);
			names.push(header.name);
		}
	} catch (error) {
		if (error instanceof ArchiveUnreadable || isOfTheDisk(error)) throw error;
		throw new ArchiveUnreadable((error as Error).message, { cause: error });
	}
	return names;
}

const isOfTheDisk = (error: unknown): boolean => (error as NodeJS.ErrnoException).syscall !== undefined;

export async function syncFolder(folder: string): Promise<void> {
	await using handle = await open(folder, "r");
	await handle.sync();
}
