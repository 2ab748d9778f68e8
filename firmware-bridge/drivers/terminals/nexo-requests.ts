/** What the hub asks over nexo (sheet B2): JSON with its fields in the order of the sheet's examples. */
import { majorUnits } from "./amounts.ts";

export type Category = "Payment" | "Reversal" | "Abort" | "TransactionStatus" | "Diagnosis" | "Reconciliation";

/** Who asks whom, and which question it is: its ServiceID is another each time. */
export type Envelope = { serviceId: string; saleId: string; poiId: string };

export type NexoRequest = { SaleToPOIRequest: { MessageHeader: Header } & Record<string, unknown> };
export type Header = {
	ProtocolVersion: "3.0";
	MessageClass: "Service";
	MessageCategory: Category;
	MessageType: "Request";
	ServiceID: string;
	SaleID: string;
	POIID: string;
};

/** A sale's own id, as the acquirer's reports will show it, and when it was. */
export type Sale = { id: string; at: string };

export function paymentRequest(to: Envelope, kind: "pay" | "refund", amount: number, sale: Sale): NexoRequest {
	return requestOf(to, "Payment", "PaymentRequest", {
		SaleData: saleData(sale),
		PaymentTransaction: { AmountsReq: { Currency: "EUR", RequestedAmount: jsonAmount(amount) } },
		...(kind === "refund" ? { PaymentData: { PaymentType: "Refund" } } : {}),
	});
}

/** `original`: the terminal's own name for the payment, and its time. */
export function reversalRequest(
	to: Envelope,
	original: { transactionId: string; at: string },
	sale: Sale,
): NexoRequest {
	return requestOf(to, "Reversal", "ReversalRequest", {
		SaleData: saleData(sale),
		OriginalPOITransaction: { POITransactionID: { TransactionID: original.transactionId, TimeStamp: original.at } },
		ReversalReason: "MerchantCancel",
	});
}

export function abortRequest(to: Envelope, category: Category, serviceId: string): NexoRequest {
	return requestOf(to, "Abort", "AbortRequest", {
		AbortReason: "MerchantAbort",
		MessageReference: {
			MessageCategory: category,
			SaleID: to.saleId,
			POIID: to.poiId,
			ServiceID: serviceId,
		},
	});
}

export function transactionStatusRequest(to: Envelope, category: Category, serviceId: string): NexoRequest {
	return requestOf(to, "TransactionStatus", "TransactionStatusRequest", {
		ReceiptReprintFlag: true,
		DocumentQualifier: ["CashierReceipt", "CustomerReceipt"],
		MessageReference: { MessageCategory: category, SaleID: to.saleId, ServiceID: serviceId },
	});
}

export const diagnosisRequest = (to: Envelope): NexoRequest =>
	requestOf(to, "Diagnosis", "DiagnosisRequest", { HostDiagnosisFlag: false });

export const reconciliationRequest = (to: Envelope): NexoRequest =>
	requestOf(to, "Reconciliation", "ReconciliationRequest", { ReconciliationType: "SaleReconciliation" });

const requestOf = (
	{ serviceId, saleId, poiId }: Envelope,
	category: Category,
	name: string,
	content: Record<string, unknown>,
): NexoRequest => ({
	SaleToPOIRequest: {
		MessageHeader: {
			ProtocolVersion: "3.0",
			MessageClass: "Service",
			MessageCategory: category,
			MessageType: "Request",
			ServiceID: serviceId,
			SaleID: saleId,
			POIID: poiId,
		},
		[name]: content,
	},
});

const saleData = ({ id, at }: Sale) => ({ SaleTransactionID: { TransactionID: id, TimeStamp: at } });

/** JSON wants a number: the decimal text is made one, and written back as the same digits. */
const jsonAmount = (cents: number): number => Number(majorUnits(cents));
