import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, until } from "./shop.ts";

const PROGRAM = "/usr/sbin/mosquitto";

/** A real Mosquitto with a password for everyone and its sessions on disk, in a folder of its own. */
export class Mosquitto {
	readonly username = "kassahub";
	readonly password = "mosquitto-test";
	readonly #folder = mkdtempSync(join(tmpdir(), "kassahub-mosquitto-"));
	#port = 0;
	#process: ChildProcess | undefined;

	get port(): number {
		return this.#port;
	}

	async start(): Promise<void> {
		if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not here. Remedy: apt-get install mosquitto`);
		this.#port ||= await freePort();
		const file = join(this.#folder, "mosquitto.conf");
		const passwords = join(this.#folder, "passwords");
		writeFileSync(passwords, `${this.username}:${this.password}\n`, { mode: 0o600 });
		const hashing = spawn("mosquitto_passwd", ["-U", passwords], { stdio: "ignore" });
		await once(hashing, "exit");
		writeFileSync(
			file,
			[
				`listener ${this.#port} 127.0.0.1`,
				"allow_anonymous false",
				`password_file ${passwords}`,
				"persistence true",
				`persistence_location ${this.#folder}/`,
				// Started by root it would become another user, who may not read this folder.
				"user root",
			].join("\n"),
		);
		const child = spawn(PROGRAM, ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
		this.#process = child;
		let log = "";
		child.stderr?.on("data", (chunk) => {
			log += chunk;
		});
		await until("mosquitto to listen", async () => {
			if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}:\n${log}`);
			const socket = connect(this.#port, "127.0.0.1");
			const isOpen = await once(socket, "connect").then(
				() => true,
				() => undefined,
			);
			socket.destroy();
			return isOpen;
		});
	}

	async stop(): Promise<void> {
		const child = this.#process;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const ended = once(child, "exit");
		child.kill("SIGTERM");
		await ended;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.stop();
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
