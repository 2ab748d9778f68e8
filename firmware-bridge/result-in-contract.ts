import { Result } from "@kassahub/contracts/result.ts";
import { Compile } from "typebox/compile";

const validator = Compile(Result);

/**
 * The result as the contract allows it. The hub hears no other, and of a payment it must hear: where a driver says
 * something that does not fit, an odd receipt or reference, what is left out is that, never whether money moved.
 */
export function inContract(result: Result): { result: Result; isCut: boolean } {
	const isFit: boolean = validator.Check(result);
	if (isFit) return { result, isCut: false };
	const { id, device, action, status, at, fault, payment, totals } = result;
	const bare: Result = {
		...{ id, device, action, status, at },
		...(fault ? { fault: { code: String(fault.code) } } : {}),
		...(payment ? { payment: { status: payment.status, amount: payment.amount } } : {}),
	};
	const counted = totals ? { ...bare, totals } : bare;
	return { result: validator.Check(counted) ? counted : bare, isCut: true };
}
