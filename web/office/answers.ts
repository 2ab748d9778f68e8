/** What the back office's API answers, as far as this page shows it. Money in cents, quantities in thousandths. */
export type OfficeShop = {
	shop: string;
	name: string;
	day: string;
	total: number;
	sales: number;
	refunds: number;
	heardAt: string;
};

export type ByHour = { hour: number; total: number; sales: number }[];

export type OfficeTurnover = {
	from: string;
	to: string;
	total: number;
	sales: number;
	refunds: number;
	byVatRate: { vatRate: number; net: number; vat: number; total: number }[];
	byGroup: { group: string; total: number }[];
	byMethod: { method: string; amount: number }[];
	byRegister: { register: string; total: number; sales: number }[];
	byHour: ByHour;
	lastWeek: { from: string; total: number; sales: number; byHour: ByHour };
};

export type OfficeSale = {
	id: string;
	shop: string;
	shopName: string;
	number: number;
	register: string;
	at: string;
	lines: number;
	methods: string[];
	total: number;
};

export type OfficeStock = {
	shops: { shop: string; name: string }[];
	products: { sku: string; name: string; group: string; unit: string | null; quantities: Record<string, number> }[];
	next: string | null;
};
