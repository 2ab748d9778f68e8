/** DLE EOT 1: an ESC/POS printer answers one byte at once, also off line and out of paper, and prints nothing. */
export const STATUS_QUESTION = Uint8Array.of(0x10, 0x04, 0x01);

/** Every status byte has bits 1 and 4 set, bits 0 and 7 clear. */
export const isStatus = (answer: Uint8Array): boolean => answer.length === 1 && ((answer[0] ?? 0) & 0x93) === 0x12;
