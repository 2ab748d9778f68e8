import { type Static, Type } from "typebox";

/** What a person is in the shop; each has one. */
export const Role = Type.Enum(["owner", "manager", "cashier", "technician", "accountant"]);
export type Role = Static<typeof Role>;

export const roles: readonly Role[] = ["owner", "manager", "cashier", "technician", "accountant"];

/** What people may do, and which of them: the one table behind routes, registers, documents and tests. */
export const rights = {
	sell: ["owner", "manager", "cashier"],
	refund: ["owner", "manager"],
	"override-price": ["owner", "manager"],
	"open-drawer": ["owner", "manager", "cashier"],
	"count-cash": ["owner", "manager", "cashier"],
	"take-payments": ["owner", "manager", "cashier"],
	"see-products": ["owner", "manager", "cashier", "technician", "accountant"],
	"change-products": ["owner", "manager"],
	"move-stock": ["owner", "manager", "cashier"],
	"see-turnover": ["owner", "manager", "accountant"],
	"see-devices": ["owner", "manager", "cashier", "technician"],
	"use-devices": ["owner", "manager", "cashier", "technician"],
	"trace-devices": ["owner", "technician"],
	"change-devices": ["owner", "technician"],
	"change-shop": ["owner", "manager"],
	"see-health": ["owner", "manager", "cashier", "technician", "accountant"],
	"acknowledge-alerts": ["owner", "manager", "technician"],
	"see-logs": ["owner", "technician"],
	"see-journal": ["owner", "technician", "accountant"],
	"back-up": ["owner", "technician"],
	"rebuild-journal": ["owner", "technician"],
	"repair-quarantine": ["owner", "manager", "technician"],
	"see-pairings": ["owner", "manager", "technician"],
	"change-pairings": ["owner", "technician"],
	"see-people": ["owner", "manager"],
	"change-people": ["owner"],
	"see-audit": ["owner", "accountant"],
} as const satisfies Record<string, readonly Role[]>;

export type Right = keyof typeof rights;

export const mayDo = (role: Role, right: Right): boolean => (rights[right] as readonly Role[]).includes(role);

/** Everything a role may do, as a register is told when its cashier signs in. */
export const rightsOf = (role: Role): Right[] => (Object.keys(rights) as Right[]).filter((right) => mayDo(role, right));
