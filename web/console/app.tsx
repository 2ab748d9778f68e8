import { Icon, Wordmark } from "../kit/icon.tsx";
import { kitWords } from "../kit/language.ts";
import { Loading, Notice, Pill } from "../kit/notice.tsx";
import { Switches } from "../kit/switches.tsx";
import { Toasts } from "../kit/toast.tsx";
import { CatalogueSection } from "./catalogue-section.tsx";
import { DevicesSection } from "./devices-section.tsx";
import { Facts } from "./facts.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { AlertList } from "./health/alert-list.tsx";
import { BoxSection } from "./health/box-section.tsx";
import type { HubWatch } from "./hub-watch.ts";
import { JournalSection } from "./journal-section.tsx";
import { PairingsSection } from "./pairings-section.tsx";
import { PeopleSection } from "./people-section.tsx";
import { QuarantineSection } from "./quarantine-section.tsx";
import { RelaySection } from "./relay-section.tsx";
import { TurnoverSection } from "./turnover-section.tsx";
import { words } from "./words.ts";

export function App({ watch }: { watch: HubWatch }) {
	const text = words.value;
	const status = watch.status.value;
	const health = watch.health.value;
	return (
		<div class="page">
			<header class="page-top">
				<h1 class="page-title">
					<Wordmark>{watch.shop.value?.name ?? "Kassahub"}</Wordmark>
				</h1>
				{status === "live" && health ? (
					<Pill tone={health.status === "ok" ? "good" : "bad"}>
						{health.status === "ok" ? text.hubOk : text.hubAttention}
					</Pill>
				) : null}
				{status === "away" ? <Pill tone="warn">{text.hubAway}</Pill> : null}
				<span class="grow" />
				<a class="button quiet" href="/register/" aria-label={text.register}>
					<Icon name="basket" />
					<span class="wide-only">{text.register}</span>
				</a>
				{watch.session ? (
					<button type="button" class="button quiet" title={watch.session.title} onClick={() => void watch.signOut()}>
						{text.signOut}
					</button>
				) : null}
				<Switches />
			</header>
			<main>
				{status === "away" ? (
					<Notice tone="warn" title={kitWords.value.unreachable} text={kitWords.value.unreachableWhy} />
				) : null}
				{health ? <AlertList watch={watch} alerts={health.alerts} /> : null}
				{health ? <Facts watch={watch} health={health} /> : <Loading />}
				<FirstSteps watch={watch} />
				<div class="columns-2">
					<div class="stack">
						{watch.may("see-devices") ? <DevicesSection watch={watch} /> : null}
						{watch.may("see-journal") ? <JournalSection watch={watch} /> : null}
					</div>
					<div class="stack">
						<BoxSection watch={watch} />
						<RelaySection watch={watch} />
						{watch.may("repair-quarantine") ? <QuarantineSection watch={watch} /> : null}
						{watch.may("see-pairings") ? <PairingsSection watch={watch} /> : null}
						{watch.may("see-people") ? <PeopleSection watch={watch} /> : null}
						{watch.may("change-products") ? <CatalogueSection watch={watch} /> : null}
						{watch.may("see-turnover") ? <TurnoverSection watch={watch} /> : null}
					</div>
				</div>
			</main>
			<Toasts />
		</div>
	);
}
