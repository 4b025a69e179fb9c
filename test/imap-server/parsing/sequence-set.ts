/** `undefined` means `*`, the largest number in use. */
interface SequenceRange {
  first: number | undefined;
  last: number | undefined;
}

export type SequenceSet = readonly SequenceRange[];

const SET_SYNTAX =
  /^(?:[1-9]\d{0,9}|\*)(?::(?:[1-9]\d{0,9}|\*))?(?:,(?:[1-9]\d{0,9}|\*)(?::(?:[1-9]\d{0,9}|\*))?)*$/;

export function parseSequenceSet(text: string): SequenceSet | undefined {
  if (!SET_SYNTAX.test(text)) return undefined;
  return text.split(",").map((range) => {
    const [first = "*", last = first] = range.split(":");
    return { first: sequenceNumber(first), last: sequenceNumber(last) };
  });
}

/**
 * Whether the set contains `number`. `*` means `largest`. Ranges may be backwards: `900:*` contains
 * the last message even if its number is 3 (RFC 3501, section 6.4.8).
 */
export function holdsNumber(set: SequenceSet, number: number, largest: number): boolean {
  return set.some(({ first = largest, last = largest }) => {
    return number >= Math.min(first, last) && number <= Math.max(first, last);
  });
}

/**
 * Whether no number of the set is above `largest`. A client may ask for any UIDs, but only for
 * sequence numbers in use.
 */
export function isWithin(set: SequenceSet, largest: number): boolean {
  if (largest === 0) return false;
  return set.every(({ first = largest, last = largest }) => Math.max(first, last) <= largest);
}

function sequenceNumber(text: string): number | undefined {
  return text === "*" ? undefined : Number(text);
}
