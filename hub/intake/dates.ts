const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a text of the form of `Timestamp` names a moment that exists: no 31 February, no 24:00, no leap second. */
export function isRealTime(at: string): boolean {
	const year = Number(at.slice(0, 4));
	const month = Number(at.slice(5, 7));
	const day = Number(at.slice(8, 10));
	const isLeap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
	if (month < 1 || month > 12 || day < 1 || day > (DAYS[month - 1] as number) + (isLeap ? 1 : 0)) return false;
	if (Number(at.slice(11, 13)) > 23 || Number(at.slice(14, 16)) > 59 || Number(at.slice(17, 19)) > 59) return false;
	if (at.endsWith("Z")) return true;
	return Number(at.slice(-5, -3)) <= 23 && Number(at.slice(-2)) <= 59;
}
