import type { ImapFlow } from "imapflow";
import { MAX_UID } from "../uid-window.ts";
import { CODES } from "./refusal-words.ts";

/** Callbacks for response codes that ImapFlow ignores. */
export interface ResponseCodes {
  /**
   * Called for `[UIDVALIDITY n]`: at each EXAMINE, and possibly in the middle of a session (RFC
   * 9051, 7.1).
   */
  onUidValidity(uidValidity: number): void;
  /** Called for each code in CODES. In a BYE, the code says why the server ends the connection. */
  onReason(code: string): void;
  /**
   * Called for `[MESSAGELIMIT n uid]`: the command checked only n messages of a larger range (RFC
   * 9738, 3.1).
   */
  onMessageLimit(limit: number): void;
}

type Section = readonly ({ value?: unknown } | null | undefined)[];

/**
 * Calls the callbacks in `codes` for tagged and untagged responses. Adds handlers to a table of
 * ImapFlow that its types do not mention. Without this table, a changed UIDVALIDITY is noticed only
 * at the EXAMINE of the next IDLE renewal.
 */
export function watchResponseCodes(client: ImapFlow, codes: ResponseCodes): void {
  const handlers: unknown = Reflect.get(client, "sectionHandlers");
  if (typeof handlers !== "object" || handlers === null) return;
  Reflect.set(handlers, "UIDVALIDITY", ([value]: Section) => {
    const uidValidity = Number(value?.value);
    if (uidValidity > 0 && uidValidity <= MAX_UID) codes.onUidValidity(uidValidity);
  });
  for (const code of CODES.keys()) {
    Reflect.set(handlers, String(code), () => codes.onReason(String(code)));
  }
  Reflect.set(handlers, "MESSAGELIMIT", ([value]: Section) => {
    const limit = Number(value?.value);
    codes.onMessageLimit(Number.isSafeInteger(limit) && limit > 0 ? limit : 1);
  });
}
