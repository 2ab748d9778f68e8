/** What the page says, in one language; `{shop}` and `{code}` are filled in. */
type Words = {
	title: string;
	why: string;
	compare: string;
	steps: { apple: string[]; android: string[]; windows: string[] };
	device: { apple: string; android: string; windows: string };
	download: { profile: string; certificate: string };
	done: string;
	open: string;
};

const nl: Words = {
	title: "Vertrouw de Kassahub van {shop}",
	why: "De hub versleutelt alles tussen uw tablets en de kast. Elke tablet moet hem één keer leren vertrouwen. Dat geldt alleen voor uw eigen winkelnetwerk, voor niets op internet.",
	compare: "Vergelijk deze code met die op de console. Is hij anders, ga dan niet verder en bel de technicus.",
	device: { apple: "iPad of iPhone", android: "Android", windows: "Windows, Mac of Linux" },
	steps: {
		apple: [
			"Tik hieronder op Profiel downloaden en kies Sta toe.",
			"Open Instellingen, tik bovenaan op Profiel gedownload en dan op Installeer.",
			"Ga naar Instellingen, Algemeen, Info, Certificaatvertrouwensinstellingen en zet Kassahub aan.",
		],
		android: [
			"Tik hieronder op Certificaat downloaden.",
			"Open Instellingen, zoek op CA-certificaat en kies Certificaat installeren, CA-certificaat, Toch installeren.",
			"Kies het bestand kassahub.crt uit Downloads.",
		],
		windows: [
			"Klik hieronder op Certificaat downloaden en open het bestand.",
			"Windows: Certificaat installeren, Lokale computer, Vertrouwde basiscertificeringsinstanties. Mac: voeg toe aan Systeem en kies Altijd vertrouwen.",
			"Sluit de browser helemaal en open hem weer.",
		],
	},
	download: { profile: "Profiel downloaden", certificate: "Certificaat downloaden" },
	done: "Klaar? Dan opent de kassa zonder waarschuwing.",
	open: "Open de kassa",
};

const en: Words = {
	title: "Trust the Kassahub of {shop}",
	why: "The hub encrypts everything between your tablets and the box. Each tablet has to learn to trust it once. That holds for your shop's own network only, and for nothing on the internet.",
	compare: "Compare this code with the one on the console. Where they differ, go no further and call the technician.",
	device: { apple: "iPad or iPhone", android: "Android", windows: "Windows, Mac or Linux" },
	steps: {
		apple: [
			"Tap Download profile below and choose Allow.",
			"Open Settings, tap Profile Downloaded at the top, then Install.",
			"Go to Settings, General, About, Certificate Trust Settings and switch Kassahub on.",
		],
		android: [
			"Tap Download certificate below.",
			"Open Settings, search for CA certificate and choose Install a certificate, CA certificate, Install anyway.",
			"Choose the file kassahub.crt from Downloads.",
		],
		windows: [
			"Click Download certificate below and open the file.",
			"Windows: Install Certificate, Local Machine, Trusted Root Certification Authorities. Mac: add it to System and choose Always Trust.",
			"Close the browser altogether and open it again.",
		],
	},
	download: { profile: "Download profile", certificate: "Download certificate" },
	done: "Done? Then the register opens without a warning.",
	open: "Open the register",
};

const style = `:root{color-scheme:light dark;--ink:#1c1915;--soft:#5a5348;--ground:#e9e5dd;--paper:#fff;--line:#d8d1c6;--accent:#1a3cc0;--on:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#f4efe7;--soft:#b7ad9f;--ground:#12100d;--paper:#24211c;--line:#38332b;--accent:#4666ee}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,sans-serif}
main{max-width:44rem;margin:0 auto;padding:24px 16px 48px}h1{font-size:1.5rem;line-height:1.25;margin:8px 0 12px}
.code{font:0.85rem/1.6 ui-monospace,monospace;overflow-wrap:anywhere;background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:10px 12px}
details{background:var(--paper);border:1px solid var(--line);border-radius:10px;margin:12px 0}summary{padding:14px 16px;font-weight:600;min-height:44px;cursor:pointer}
details>div{padding:0 16px 16px}ol{padding-left:1.3em}li{margin:6px 0}
a.button{display:inline-block;min-height:44px;padding:10px 18px;border-radius:6px;background:var(--accent);color:var(--on);text-decoration:none;font-weight:600}
.soft{color:var(--soft)}:focus-visible{outline:3px solid var(--ink);outline-offset:2px}nav a{color:inherit;display:inline-block;padding:12px 12px 12px 0}`;

export type Device = "apple" | "android" | "windows";

/** Which steps to show first, from what the browser says of itself. */
export function deviceOf(userAgent: string): Device {
	if (/iPad|iPhone|iPod/.test(userAgent)) return "apple";
	return /Android/.test(userAgent) ? "android" : "windows";
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** The page on which a tablet learns to trust the box: readable without scripts, before anything can be trusted. */
export function trustPage(options: {
	language: "nl" | "en";
	shop: string;
	fingerprint: string;
	device: Device;
	registerUrl: string;
}): string {
	const { language, fingerprint, device, registerUrl } = options;
	const words = language === "nl" ? nl : en;
	const title = escaped(words.title.replace("{shop}", options.shop));
	const section = (
		one: Device,
	): string => `<details${one === device ? " open" : ""}><summary>${words.device[one]}</summary><div>
<ol>${words.steps[one].map((step) => `<li>${escaped(step)}</li>`).join("")}</ol>
${
	one === "apple"
		? `<a class="button" href="/trust/kassahub.mobileconfig">${words.download.profile}</a>`
		: `<a class="button" href="/trust/kassahub.crt">${words.download.certificate}</a>`
}
</div></details>`;
	return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>${style}</style></head>
<body><main>
<nav aria-label="Taal, language"><a href="?language=nl" lang="nl">Nederlands</a><a href="?language=en" lang="en">English</a></nav>
<h1>${title}</h1>
<p>${words.why}</p>
<p class="soft">${words.compare}</p>
<p class="code">${fingerprint}</p>
${(["apple", "android", "windows"] as const).map(section).join("\n")}
<p>${words.done}</p>
<p><a class="button" href="${escaped(registerUrl)}">${words.open}</a></p>
</main></body></html>
`;
}
