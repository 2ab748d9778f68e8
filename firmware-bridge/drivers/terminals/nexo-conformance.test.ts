import { makeCertificates } from "../../emulators/certificates.ts";
import { EmulatedNexo, POI_ID } from "../../emulators/nexo.ts";
import { nexo } from "./nexo.ts";
import { key, passphraseFile, quick } from "./nexo-bench.testing.ts";
import { conformTerminal } from "./terminals.conformance.ts";

conformTerminal({
	driver: nexo,
	settings: quick,
	start: () => new EmulatedNexo({ limitMs: 400 }).listen(),
	over: "http",
});

const certificates = await makeCertificates(`${POI_ID}.test.terminal.adyen.com`);
conformTerminal({
	driver: nexo,
	settings: { ...quick, passphraseFile, caFile: certificates.caFile },
	start: () => new EmulatedNexo({ limitMs: 400, key, certificates }).listen(),
	over: "https, encrypted",
	isSlow: true,
});
