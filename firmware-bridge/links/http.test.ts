import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Certificates, makeCertificates } from "../emulators/certificates.ts";
import { EmulatedNexo, POI_ID } from "../emulators/nexo.ts";
import { NotSentError } from "../fault.ts";
import { openLink, parseLink } from "./address.ts";
import { terminalCertificateNames } from "./certificate-names.ts";
import { openHttp } from "./http.ts";
import type { Direction, HttpLink } from "./link.ts";

const ENOUGH_MS = 2000;
const diagnosis = Buffer.from(
	`{"SaleToPOIRequest":{"MessageHeader":{"ProtocolVersion":"3.0","MessageCategory":"Diagnosis","ServiceID":"1","SaleID":"K","POIID":"${POI_ID}"}}}`,
);

let own: Certificates;
let legacy: Certificates;
let stranger: Certificates;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
	[own, legacy, stranger] = await Promise.all([
		makeCertificates(`${POI_ID}.test.terminal.adyen.com`),
		makeCertificates("legacy-terminal-certificate.live.terminal.adyen.com"),
		makeCertificates("V400m-999999999.test.terminal.adyen.com"),
	]);
});
afterEach(async () => {
	for (const close of closing.splice(0).reverse()) await close();
});

async function terminalWith(certificates?: Certificates): Promise<EmulatedNexo> {
	const terminal = await new EmulatedNexo(certificates ? { certificates } : {}).listen();
	closing.push(() => terminal.close());
	return terminal;
}

async function linkTo(url: string, caFile?: string): Promise<HttpLink & { heard: [Direction, string][] }> {
	const heard: [Direction, string][] = [];
	const address = { url, certificateNames: terminalCertificateNames(POI_ID), ...(caFile ? { caFile } : {}) };
	const link = await openHttp(address, (direction, bytes) =>
		heard.push([direction, Buffer.from(bytes).toString().slice(0, 20)]),
	);
	closing.push(() => link.close());
	return Object.assign(link, { heard });
}

describe("over https", () => {
	test("a terminal whose own or legacy certificate its authority signed is spoken to, and both sides are heard", async () => {
		for (const certificates of [own, legacy]) {
			const link = await linkTo((await terminalWith(certificates)).url, certificates.caFile);
			expect(link.isSecure).toBe(true);
			const answer = Buffer.from(await link.post(diagnosis, ENOUGH_MS)).toString();
			expect(answer).toContain("DiagnosisResponse");
			expect(link.heard.map(([direction]) => direction)).toEqual(["out", "in"]);
		}
	});

	test("a terminal is known by its very certificate too, whatever that is called", async () => {
		const link = await linkTo((await terminalWith(stranger)).url, stranger.certFile);
		expect(Buffer.from(await link.post(diagnosis, ENOUGH_MS)).length).toBeGreaterThan(0);
	});

	test.each([
		["another terminal of the same authority", () => [stranger, stranger.caFile]],
		["a terminal that another authority signed", () => [own, stranger.caFile]],
	] as [string, () => [Certificates, string]][])("to %s not a byte of a payment goes", async (_, choose) => {
		const [certificates, caFile] = choose();
		const terminal = await terminalWith(certificates);
		let messages = 0;
		terminal.onMessage(() => messages++);
		const link = await linkTo(terminal.url, caFile);
		await expect(link.post(diagnosis, ENOUGH_MS)).rejects.toBeInstanceOf(NotSentError);
		expect(messages).toBe(0);
		expect(link.heard).toEqual([]);
	});

	test("a certificate that is missing or none is named as what has to be changed", async () => {
		const empty = join(mkdtempSync(join(tmpdir(), "http-")), "empty.pem");
		writeFileSync(empty, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
		for (const caFile of [undefined, "/nowhere.pem", empty]) {
			await expect(linkTo("https://127.0.0.1:1/nexo", caFile)).rejects.toMatchObject({ code: "DEVICE_CONFIG_INVALID" });
		}
	});
});

describe("over http", () => {
	test("a second request passes while the first waits", async () => {
		const terminal = await terminalWith();
		const link = await linkTo(terminal.url);
		expect(link.isSecure).toBe(false);
		terminal.misbehave("silent");
		const taken = new Promise((resolve) => terminal.onMessage(resolve));
		const first = link.post(diagnosis, ENOUGH_MS);
		first.catch(() => undefined);
		await taken;
		setImmediate(() => terminal.misbehave(undefined));
		await new Promise(setImmediate);
		expect(Buffer.from(await link.post(diagnosis, ENOUGH_MS)).toString()).toContain("DiagnosisResponse");
		await link.close();
		await expect(first).rejects.toMatchObject({ code: "DEVICE_UNREACHABLE" });
		expect((await link.gone).code).toBe("DEVICE_UNREACHABLE");
	});

	test("nobody there is told apart from an answer that does not come", async () => {
		const terminal = await terminalWith();
		const link = await linkTo(terminal.url);
		terminal.misbehave("silent");
		const late = await link.post(diagnosis, 200).catch((error: unknown) => error);
		expect(late).not.toBeInstanceOf(NotSentError);
		expect(late).toMatchObject({
			code: "DEVICE_UNREACHABLE",
			detail: expect.stringContaining("no answer within 200 ms"),
		});
		await terminal.close();
		await expect(link.post(diagnosis, ENOUGH_MS)).rejects.toBeInstanceOf(NotSentError);
	});

	test("an answer that breaks off, or is an error of HTTP's, is no answer", async () => {
		const terminal = await terminalWith();
		const link = await linkTo(terminal.url);
		terminal.spoil = { breakAfter: 10 };
		const broken = await link.post(diagnosis, ENOUGH_MS).catch((error: unknown) => error);
		expect(broken).toMatchObject({ code: "DEVICE_UNREACHABLE" });
		expect(broken).not.toBeInstanceOf(NotSentError);
		terminal.spoil = { httpStatus: 500 };
		await expect(link.post(diagnosis, ENOUGH_MS)).rejects.toMatchObject({ code: "DEVICE_GARBLED" });
	});
});

test("the URL and its driver's settings say which link it is", async () => {
	const needs = { speaks: "http", schemes: ["https", "http"] } as const;
	expect(() => parseLink("https://192.168.1.61:8443/nexo", needs, {})).toThrow(/caFile/);
	const settings = { caFile: own.caFile, poiId: POI_ID };
	const terminal = await terminalWith(own);
	const link = await openLink(parseLink(terminal.url, needs, settings), { tap: () => undefined, broker: undefined });
	closing.push(() => link.close());
	expect((link as HttpLink).isSecure).toBe(true);
});
