import type { ImportReport } from "@kassahub/contracts/import-report.ts";
import { useSignal } from "@preact/signals";
import { kitWords } from "../kit/language.ts";
import { Notice } from "../kit/notice.tsx";
import { RestRefused } from "../kit/rest.ts";
import type { HubWatch } from "./hub-watch.ts";
import { words } from "./words.ts";

const FAULTS_SHOWN = 20;

/** Brings products from a file into the catalogue, and says line by line what did not go in. */
export function CatalogueSection({ watch }: { watch: HubWatch }) {
	const text = words.value;
	const countsStock = useSignal(false);
	const isBusy = useSignal(false);
	const report = useSignal<ImportReport | undefined>(undefined);
	const fault = useSignal("");
	const importFile = async (file: File): Promise<void> => {
		isBusy.value = true;
		report.value = undefined;
		fault.value = "";
		try {
			const path = `/catalogue/import?stock=${countsStock.value}`;
			report.value = await watch.rest.postFile<ImportReport>(path, file, "text/csv");
			await watch.look();
		} catch (error) {
			if (error instanceof RestRefused) fault.value = error.message;
			else if (error instanceof TypeError) fault.value = kitWords.value.unreachable;
			else throw error;
		} finally {
			isBusy.value = false;
		}
	};
	const { changed = 0, unchanged = 0, counted = 0, faults = [] } = report.value ?? {};
	return (
		<section class="card">
			<h2>{text.catalogue}</h2>
			<p class="soft">{text.catalogueWhy}</p>
			<label class="check">
				<input
					type="checkbox"
					checked={countsStock.value}
					onChange={(event) => {
						countsStock.value = event.currentTarget.checked;
					}}
				/>
				<span>{text.withStock}</span>
			</label>
			<label class="button file">
				<input
					type="file"
					accept=".csv,text/csv"
					disabled={isBusy.value}
					onChange={(event) => {
						const [file] = event.currentTarget.files ?? [];
						event.currentTarget.value = "";
						if (file) void importFile(file);
					}}
				/>
				<span>{isBusy.value ? text.importing : text.chooseFile}</span>
			</label>
			<div class="stack" role="status">
				{report.value ? <p>{text.imported(changed, unchanged, counted)}</p> : null}
				{fault.value ? <Notice tone="bad" title={fault.value} /> : null}
				{faults.length > 0 ? (
					<>
						<Notice tone="warn" title={text.importFaults(faults.length)} />
						<ul class="reasons">
							{faults.slice(0, FAULTS_SHOWN).map(({ line, field, message, remedy }) => (
								<li key={`${line} ${field} ${message}`}>
									<strong>{text.line(line)}</strong> {field}: {message}. <span class="soft">{remedy}.</span>
								</li>
							))}
						</ul>
					</>
				) : null}
			</div>
		</section>
	);
}
