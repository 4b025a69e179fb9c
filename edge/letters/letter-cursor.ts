import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from "@oslojs/encoding";
import type { LetterPosition } from "../../db/deliveries/dead-letter-list.ts";

export const encodeLetterPosition = ({ diedAtMs, eventId }: LetterPosition): string =>
  encodeBase64urlNoPadding(new TextEncoder().encode(`${diedAtMs}.${eventId}`));

/**
 * Decodes a cursor to a position in the list of letters.
 * @returns undefined when the text is not a cursor of this list.
 */
export function decodeLetterPosition(cursor: string): LetterPosition | undefined {
  const [, diedAt, eventId] = /^(\d{1,14})\.([\w-]{1,60})$/.exec(tryDecode(cursor)) ?? [];
  return diedAt === undefined || eventId === undefined
    ? undefined
    : { diedAtMs: Number(diedAt), eventId };
}

function tryDecode(cursor: string): string {
  try {
    return new TextDecoder().decode(decodeBase64urlIgnorePadding(cursor));
  } catch {
    return "";
  }
}
