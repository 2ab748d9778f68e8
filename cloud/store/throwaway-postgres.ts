import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VERSIONS = "/usr/lib/postgresql";

/** A real PostgreSQL server of its own for a test: on a Unix socket in a new folder, gone afterwards. */
export class ThrowawayPostgres {
	readonly #folder: string;
	readonly url: string;

	constructor() {
		this.#folder = mkdtempSync(join(tmpdir(), "kassahub-pg-"));
		const data = join(this.#folder, "data");
		if (process.getuid?.() === 0) {
			// PostgreSQL refuses to run as root; its Debian package brings a user for it.
			execFileSync("chown", ["postgres", this.#folder]);
			chmodSync(this.#folder, 0o755);
		}
		run("initdb", "--pgdata", data, "--username", "kassahub", "--auth", "trust", "--no-sync", "--encoding", "UTF8");
		// No TCP at all: the socket's folder is what keeps test runs apart.
		const options = `-k ${this.#folder} -c listen_addresses='' -c fsync=on -c shared_buffers=32MB`;
		run("pg_ctl", "--pgdata", data, "--wait", "--options", options, "--log", join(this.#folder, "log"), "start");
		this.url = `postgresql://kassahub@/postgres?host=${encodeURIComponent(this.#folder)}`;
	}

	/** Ends every connection at once and starts anew, as after a crash of the server. */
	restart(): void {
		run("pg_ctl", "--pgdata", join(this.#folder, "data"), "--wait", "--mode", "immediate", "restart");
	}

	/** Loses everything: a new database where the old one was. Nobody may be connected. */
	empty(): void {
		for (const program of ["dropdb", "createdb"]) {
			run(program, "--host", this.#folder, "--username", "kassahub", "--maintenance-db", "template1", "postgres");
		}
	}

	[Symbol.dispose](): void {
		run("pg_ctl", "--pgdata", join(this.#folder, "data"), "--wait", "--mode", "immediate", "stop");
		rmSync(this.#folder, { recursive: true, force: true });
	}
}

function run(program: string, ...words: string[]): void {
	const newest = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a))[0] : undefined;
	const path = join(VERSIONS, newest ?? "", "bin", program);
	if (!existsSync(path)) throw new Error(`${program} is not here. Remedy: apt-get install postgresql`);
	const command = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--", path, ...words] : [path, ...words];
	execFileSync(command[0] ?? "", command.slice(1), { stdio: ["ignore", "ignore", "pipe"], cwd: tmpdir() });
}
