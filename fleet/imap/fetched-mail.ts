import { Buffer } from "node:buffer";
import { toUint32 } from "./responses/uint32.ts";
import type { Value } from "./responses/values.ts";

/**
 * How many bytes of a mail an IdleWatch fetches. ImapFlow, the full client, fetches larger mails.
 */
export const MAX_BODY_BYTES = 64 * 1_024;

/** A message with everything that is needed to deliver it. */
export interface FetchedMail {
  uid: number;
  /** When the server received the message. */
  internalDate: Date;
  /** RFC822.SIZE: the size of the whole message. `source` has at most MAX_BODY_BYTES of it. */
  sizeBytes: number;
  /** Gmail's labels (X-GM-EXT-1); empty elsewhere. */
  labels: readonly string[];
  source: Uint8Array;
}

/**
 * Converts one FETCH response to a message. Returns null when an item is missing or cannot be read.
 */
export function toFetchedMail(
  items: ReadonlyMap<string, Value>,
  { hasLabels }: { hasLabels: boolean },
): FetchedMail | null {
  const uid = toNumber(items.get("UID"));
  const sizeBytes = toNumber(items.get("RFC822.SIZE"));
  const internalDate = toDate(items.get("INTERNALDATE"));
  const source = toBytes(items.get("BODY[]"));
  const labels = hasLabels ? toTexts(items.get("X-GM-LABELS")) : [];
  if (!uid || sizeBytes === null || !internalDate || !source || !labels) return null;
  return { uid, internalDate, sizeBytes, labels, source };
}

/**
 * Whether the source has the expected length: RFC822.SIZE, or MAX_BODY_BYTES if the mail is larger.
 * False for an empty mail.
 */
export const hasExpectedLength = ({ sizeBytes, source }: FetchedMail): boolean =>
  source.length === Math.min(sizeBytes, MAX_BODY_BYTES) && sizeBytes > 0;

const toNumber = (value: Value | undefined) => (typeof value === "string" ? toUint32(value) : null);

/**
 * Returns the bytes of a body. A server sends a body as a literal, or as a quoted string if it is
 * short.
 */
function toBytes(value: Value | undefined): Uint8Array | null {
  if (typeof value === "string") return Buffer.from(value, "latin1");
  return value instanceof Uint8Array ? value : null;
}

function toTexts(value: Value | undefined): string[] | null {
  if (!Array.isArray(value)) return null;
  const texts = value.map((label) =>
    label instanceof Uint8Array ? Buffer.from(label).toString() : label,
  );
  return texts.every((text) => typeof text === "string") ? texts : null;
}

/** Matches a date-time (RFC 9051, 9). A day of one digit may have a space before it. */
const DATE_TIME =
  /^\s?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/;
const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
/** The earliest accepted date. A server whose clock was never set reports 1970. */
const FIRST_DATE_MS = Date.UTC(1990, 0, 1);

function toDate(value: Value | undefined): Date | null {
  const match = typeof value === "string" ? DATE_TIME.exec(value) : null;
  if (!match) return null;
  const [day = 0, year = 0, hours = 0, minutes = 0, seconds = 0] = [1, 3, 4, 5, 6].map((n) =>
    Number(match[n]),
  );
  const month = MONTHS.indexOf((match[2] ?? "").toLowerCase());
  if (month === -1) return null;
  const zone = Number(match[8]) * 60 + Number(match[9]);
  const utcMs =
    Date.UTC(year, month, day, hours, minutes, seconds) -
    (match[7] === "-" ? -zone : zone) * 60_000;
  return utcMs >= FIRST_DATE_MS ? new Date(utcMs) : null;
}
