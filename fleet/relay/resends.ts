import type { Db } from "../../db/client.ts";
import { type MailToResend, readResends } from "../../db/mail/resends.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import type { LostMail } from "../mailbox/session/refetches.ts";

export interface ResendsDeps {
  db: Db;
  clock: Clock;
  log: Log;
  /** Returns the users that this instance watches. Only their mail is fetched here. */
  userIds(): readonly string[];
  /** Requests that mails are read from their mailbox again, and published with the same event ids. */
  refetch(userId: string, mails: readonly LostMail[]): void;
}

/** How many requested mails are handed to the sessions at a time. The others follow. */
const MAX_MAILS = 500;

/**
 * Has delivered mails fetched from their mailboxes and published again, as an admin requested. Call
 * `wake()` after a request. Never rejects.
 */
export function createResends(
  deps: ResendsDeps,
  { intervalMs }: { intervalMs: number },
): Repetition {
  const work = async () => {
    const mails = await readResends(deps.db, MAX_MAILS);
    if (mails.length === 0) return;
    const own = new Set(deps.userIds());
    const byUser = Map.groupBy(
      mails.filter(({ userId }) => own.has(userId)),
      ({ userId }) => userId,
    );
    for (const [userId, wanted] of byUser) deps.refetch(userId, wanted.map(toLostMail));
    deps.log.info("resends.requested", { mails: mails.length, users: byUser.size });
  };
  return repeat(deps, { name: "resends", everyMs: intervalMs, work });
}

/** NATS ignores a repeated publication of the same request. */
const toLostMail = ({ requestedAtMs, ...mail }: MailToResend): LostMail => ({
  ...mail,
  occasion: `resent-${requestedAtMs}`,
});
