import type { Envelope } from "../../../shared/users/events.ts";
import type { MailReader } from "../../mime/reading/mail-reader.ts";
import { toEnvelopeMail, unparsed } from "./envelope-mail.ts";

export interface MailToParse {
  raw: Uint8Array;
  envelope: Envelope | null;
  /** Larger attachments are described without their content. */
  maxAttachmentBytes: number;
}

/**
 * Parses the mail of an event.
 * @returns a `ParsedMail` as JSON.
 * @throws {CannotReadMails} when no process can parse mail, for example while the fleet stops.
 */
export type ParseMail = (
  mail: MailToParse,
  event: { id: string; partner_id: string },
) => Promise<string>;

/**
 * The maximum size of all cached mails, in characters. With 5 kB per mail, the retries of 3,000
 * events fit.
 */
const MAX_KEPT_CHARACTERS = 16 * 2 ** 20;
/** For how many events the cache remembers why their mail could not be parsed. */
const MAX_KEPT_REASONS = 10_000;

/**
 * Parses each event's mail once: retries use the result of the first attempt. If memory is short, a
 * mail may be parsed again. A mail that exceeded its budget is not parsed again.
 */
export function createParseOnce(reader: Pick<MailReader, "read">): ParseMail {
  const parsed = keepRecent<string>(MAX_KEPT_CHARACTERS, (json) => json.length);
  const reasons = keepRecent<string>(MAX_KEPT_REASONS, () => 1);

  return async ({ raw, envelope, maxAttachmentBytes }, { id, partner_id: partnerId }) => {
    const known = parsed.get(id);
    if (known !== undefined) return known;
    const overBudget = (reason: string) =>
      JSON.stringify({ ...toEnvelopeMail(envelope), ...unparsed(raw, reason) });
    const past = reasons.get(id);
    if (past !== undefined) return overBudget(past);
    const question = { kind: "parsed", envelope, maxAttachmentBytes } as const;
    const answer = await reader.read(question, raw, { partnerId });
    if (answer.kind === "read") {
      parsed.set(id, answer.json);
      return answer.json;
    }
    reasons.set(id, answer.reason);
    return overBudget(answer.reason);
  };
}

/** Returns a map that drops the least recently used values above a total size of `maxSize`. */
function keepRecent<T>(maxSize: number, measure: (value: T) => number) {
  const kept = new Map<string, T>();
  let size = 0;

  function drop(key: string): void {
    const value = kept.get(key);
    if (value === undefined) return;
    kept.delete(key);
    size -= measure(value);
  }

  function set(key: string, value: T): void {
    drop(key);
    // A large value is not kept, because it would replace many others.
    if (measure(value) > maxSize / 4) return;
    kept.set(key, value);
    size += measure(value);
    for (const oldest of kept.keys()) {
      if (size <= maxSize) break;
      drop(oldest);
    }
  }

  return {
    set,
    get(key: string): T | undefined {
      const value = kept.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
  };
}
