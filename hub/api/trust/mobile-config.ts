import { createHash } from "node:crypto";

/** A UUID that is always the same for the same authority: installing the profile again replaces it. */
function uuidFrom(fingerprint: string, part: string): string {
	const hex = createHash("sha256").update(`${fingerprint} ${part}`).digest("hex");
	return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
		"-",
	);
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** An Apple configuration profile that brings the authority to an iPad or iPhone (Apple, Configuration Profile Reference). */
export function mobileConfig(shop: string, { der, fingerprint }: { der: Buffer; fingerprint: string }): string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>nl.kassahub.trust</string>
<key>PayloadUUID</key><string>${uuidFrom(fingerprint, "profile")}</string>
<key>PayloadDisplayName</key><string>Kassahub ${escaped(shop)}</string>
<key>PayloadDescription</key><string>Lets this device trust the Kassahub of ${escaped(shop)} on its own network, and nothing else.</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.security.root</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>nl.kassahub.trust.authority</string>
<key>PayloadUUID</key><string>${uuidFrom(fingerprint, "authority")}</string>
<key>PayloadDisplayName</key><string>Kassahub ${escaped(shop)}</string>
<key>PayloadCertificateFileName</key><string>kassahub.crt</string>
<key>PayloadContent</key><data>${der.toString("base64")}</data>
</dict></array>
</dict></plist>
`;
}
