/** Topics as the contracts name them, spelled here so that no schema library travels to the tablet. */
export const topics = {
	sales: (register: string) => `kassahub/registers/${register}/sales`,
	cash: (register: string) => `kassahub/registers/${register}/cash`,
	bookings: (register: string) => `kassahub/registers/${register}/bookings`,
	rejections: (register: string) => `kassahub/registers/${register}/rejections`,
	drawer: (register: string) => `kassahub/registers/${register}/drawer`,
	stockLevels: "kassahub/stock/levels/+",
	catalogue: "kassahub/catalogue",
	turnover: "kassahub/turnover",
	deviceStates: "kassahub/devices/+/state",
	readings: "kassahub/devices/+/readings",
	results: "kassahub/devices/+/results",
	commands: (device: string) => `kassahub/devices/${device}/commands`,
	journalHead: "kassahub/journal/head",
	relay: "kassahub/relay/state",
	alerts: "kassahub/alerts",
} as const;
