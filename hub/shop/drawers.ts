import type { CashMovement } from "@kassahub/contracts/cash-movement.ts";
import type { Drawer } from "@kassahub/contracts/drawer.ts";
import type { Sale } from "@kassahub/contracts/sale.ts";

export type Drawers = Map<string, Drawer>;

/** Only what is paid in cash goes through the drawer. Returns whether it did. */
export function payIntoDrawer(drawers: Drawers, sale: Sale): boolean {
	let isCash = false;
	for (const payment of sale.payments) {
		if (payment.method !== "cash") continue;
		drawerOf(drawers, sale.register).expected += payment.amount;
		isCash = true;
	}
	return isCash;
}

export function moveCash(drawers: Drawers, { register, type, amount }: CashMovement): void {
	const drawer = drawerOf(drawers, register);
	switch (type) {
		case "float":
			drawer.expected = 0 + amount;
			drawer.isOpen = true;
			break;
		case "pay-in":
			drawer.expected += amount;
			break;
		case "pay-out":
			drawer.expected -= amount;
			break;
		case "count":
			drawer.lastDifference = amount - drawer.expected;
			drawer.expected = 0 + amount;
			break;
		case "day-close":
			drawer.expected = 0 + amount;
			drawer.isOpen = false;
			break;
	}
}

function drawerOf(drawers: Drawers, register: string): Drawer {
	let drawer = drawers.get(register);
	if (drawer === undefined) {
		drawer = { register, expected: 0, lastDifference: 0, isOpen: false };
		drawers.set(register, drawer);
	}
	return drawer;
}
