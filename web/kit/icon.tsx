const shapes = {
	search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 21 21",
	close: "M6 6l12 12M18 6 6 18",
	minus: "M5 12h14",
	plus: "M12 5v14M5 12h14",
	trash: "M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13M10 11v5M14 11v5",
	percent: "M19 5 5 19M7.5 9.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM16.5 18.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
	basket: "M4 9h16l-1.6 10.2a1 1 0 0 1-1 .8H6.6a1 1 0 0 1-1-.8L4 9ZM8.5 9 12 3.5 15.5 9M9.5 13v3.5M14.5 13v3.5",
	scale: "M3.5 8h17M12 8V4.5M8 4.5h8M5 8l1 12h12l1-12M9 15.5a3 3 0 0 1 6 0M12 15.5l1.2-1.6",
	printer:
		"M7 9V3.5h10V9M7 17H4.5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h15a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H17M7 14h10v6.5H7V14Z",
	drawer: "M3.5 10 6 4.5h12L20.5 10M3.5 10h17v9h-17v-9ZM9.5 14.5h5",
	back: "M9 6 3.5 11.5 9 17M4 11.5h10a6 6 0 0 1 6 6V19",
	warning: "M12 4 2.8 20h18.4L12 4ZM12 10v4.5M12 17.3v.2",
	check: "M4.5 12.5 10 18 20 6.5",
	sun: "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 2v2.2M12 19.8V22M2 12h2.2M19.8 12H22M4.9 4.9l1.6 1.6M17.5 17.5l1.6 1.6M4.9 19.1l1.6-1.6M17.5 6.5l1.6-1.6",
	moon: "M20 14.2A8.3 8.3 0 0 1 9.8 4 8.3 8.3 0 1 0 20 14.2Z",
	cloud: "M7 18.5a4.5 4.5 0 0 1-.4-9 6 6 0 0 1 11.5 1.6A3.8 3.8 0 0 1 17.5 18.5H7Z",
	key: "M8 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12.5 12H21v3.5M17 12v2.8",
	list: "M8 6h12M8 12h12M8 18h12M4 6h.1M4 12h.1M4 18h.1",
	chevron: "M6 9.5 12 15.5 18 9.5",
	card: "M3.5 6h17v12h-17V6ZM3.5 10h17M6.5 14.5h4",
	badge: "M6 3.5h12v17H6v-17ZM9.5 7h5M12 14.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM9 17.5a3 3 0 0 1 6 0",
	barcode: "M4 6v12M7 6v12M10 6v9M12.5 6v12M15.5 6v9M18 6v12M20 6v12",
	display: "M3.5 5h17v10h-17V5ZM12 15v4M8 19.5h8M6.5 8.5h11M6.5 11.5h7",
	hub: "M4 13h16v6H4v-6ZM7 16h.1M10 16h.1M12 13V9M8.5 8a5 5 0 0 1 7 0M6 5.5a8.5 8.5 0 0 1 12 0",
	sensor:
		"M12 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM7.5 16.5a6.3 6.3 0 0 1 0-9M16.5 7.5a6.3 6.3 0 0 1 0 9M4.7 19.3a10.3 10.3 0 0 1 0-14.6M19.3 4.7a10.3 10.3 0 0 1 0 14.6",
} as const;

export type IconName = keyof typeof shapes;

export const Icon = ({ name }: { name: IconName }) => (
	<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
		<path d={shapes[name]} />
	</svg>
);

/** The mark: a drawer half open under a receipt. */
export const Wordmark = ({ children = "Kassahub" }: { children?: string }) => (
	<span class="wordmark">
		<svg viewBox="0 0 24 24" aria-hidden="true">
			<path d="M2 13h20v7.5a1.5 1.5 0 0 1-1.5 1.5h-17A1.5 1.5 0 0 1 2 20.5V13Z" fill="var(--accent)" />
			<path d="M6 2.2 8 1l2 1.2L12 1l2 1.2L16 1l2 1.2V11H6V2.2Z" fill="currentColor" />
			<path d="M9 17.5h6" stroke="var(--on-accent)" stroke-width="2" stroke-linecap="round" />
		</svg>
		{children}
	</span>
);
