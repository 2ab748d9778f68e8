import type { Credentials } from "@kassahub/contracts/credentials.ts";
import type { Session } from "@kassahub/contracts/session.ts";
import type { SetupState } from "@kassahub/contracts/setup.ts";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { kitWords } from "../kit/language.ts";
import { Loading, Notice } from "../kit/notice.tsx";
import { Pairing } from "../kit/pairing.tsx";
import { createRest, RestRefused } from "../kit/rest.ts";
import { App } from "./app.tsx";
import { HubWatch } from "./hub-watch.ts";
import { SetupPage } from "./setup-page.tsx";
import { SignInPage } from "./sign-in-page.tsx";

type Place =
	| { at: "door" }
	| { at: "no-answer" }
	| { at: "setup"; setup: SetupState }
	| { at: "sign-in" }
	| { at: "pairing" }
	| { at: "inside"; watch: HubWatch };

const door = createRest(undefined);

/** Where somebody stands who is neither signed in nor paired: before a box without an owner, or before a shop's door. */
async function findPlace(): Promise<Place> {
	if (location.hash.startsWith("#code=")) return { at: "pairing" };
	try {
		const session = await door.get<Session | undefined>("/session");
		if (session) return { at: "inside", watch: new HubWatch(session) };
	} catch (error) {
		if (error instanceof TypeError) return { at: "no-answer" };
		if (!(error instanceof RestRefused)) throw error;
	}
	const setup = await door.get<SetupState>("/setup");
	return setup.isOpen ? { at: "setup", setup } : { at: "sign-in" };
}

/** Who comes in: a paired page by its key, a person by name and passphrase, and the owner of a new box by claiming it. */
export function Entrance({ credentials }: { credentials: Credentials | undefined }) {
	const place = useSignal<Place>(credentials ? { at: "inside", watch: new HubWatch(credentials) } : { at: "door" });
	const find = (): void => {
		void findPlace().then((found) => {
			place.value = found;
		});
	};
	const { value: here } = place;
	const watch = here.at === "inside" ? here.watch : undefined;
	useEffect(() => {
		if (here.at === "door") find();
	}, []);
	useEffect(() => {
		void watch?.run();
	}, [watch]);
	const enter = (session: Session): void => {
		place.value = { at: "inside", watch: new HubWatch(session) };
	};

	switch (here.at) {
		case "door":
			return (
				<main class="pairing">
					<Loading />
				</main>
			);
		case "no-answer":
			return (
				<main class="pairing">
					<div>
						<Notice tone="warn" title={kitWords.value.unreachable} text={kitWords.value.unreachableWhy}>
							<button type="button" class="button" onClick={find}>
								{kitWords.value.retry}
							</button>
						</Notice>
					</div>
				</main>
			);
		case "setup":
			return <SetupPage rest={door} shop={here.setup.shop} onDone={enter} />;
		case "sign-in":
			return (
				<SignInPage
					rest={door}
					isAgain={false}
					onDone={enter}
					onPair={() => {
						place.value = { at: "pairing" };
					}}
				/>
			);
		case "pairing":
			return <Pairing app="console" isRefused={false} />;
	}
	if (here.watch.status.value !== "refused") return <App watch={here.watch} />;
	if (!here.watch.session) return <Pairing app="console" isRefused={true} />;
	return (
		<SignInPage
			rest={door}
			isAgain={true}
			onDone={enter}
			onPair={() => {
				place.value = { at: "pairing" };
			}}
		/>
	);
}
