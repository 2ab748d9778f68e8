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
		const session = await signedIn();
		if (session) return { at: "inside", watch: new HubWatch(session) };
		const setup = await door.get<SetupState>("/setup");
		return setup.isOpen ? { at: "setup", setup } : { at: "sign-in" };
	} catch (error) {
		if (!(error instanceof TypeError || error instanceof RestRefused)) throw error;
		return { at: "no-answer" };
	}
}

/** Who is signed in by this browser's cookie; undefined where nobody is, or no longer. */
async function signedIn(): Promise<Session | undefined> {
	try {
		return await door.get<Session | undefined>("/session");
	} catch (error) {
		if (error instanceof RestRefused && error.problem.status === 401) return undefined;
		throw error;
	}
}

/** Who comes in: a paired page by its key, a person by name and passphrase, and the owner of a new box by claiming it. */
export function Entrance({ credentials }: { credentials: Credentials | undefined }) {
	const place = useSignal<Place>({ at: "door" });
	const find = (): void => {
		void findPlace().then((found) => {
			place.value = found;
		});
	};
	useEffect(() => {
		if (credentials) place.value = { at: "inside", watch: new HubWatch(credentials) };
		else find();
	}, []);
	const { value: here } = place;
	const watch = here.at === "inside" ? here.watch : undefined;
	useEffect(() => {
		void watch?.run();
	}, [watch]);
	const enter = (session: Session): void => {
		place.value = { at: "inside", watch: new HubWatch(session) };
	};
	const signIn = (isAgain: boolean) => (
		<SignInPage
			rest={door}
			isAgain={isAgain}
			onDone={enter}
			onPair={() => {
				place.value = { at: "pairing" };
			}}
		/>
	);

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
			return signIn(false);
		case "pairing":
			return <Pairing app="console" isRefused={false} />;
		case "inside":
			if (here.watch.status.value !== "refused") return <App watch={here.watch} />;
			return here.watch.session ? signIn(true) : <Pairing app="console" isRefused={true} />;
	}
}
