import type { Db } from "../../../db/client.ts";
import { hasMailWebhook, readPartnersWithoutMailWebhook } from "../../../db/users/watched-users.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import { repeat, type Repetition } from "../../../shared/concurrency/repeat.ts";

/**
 * Knows which partners want new mail. Nothing is published for a partner without a webhook for new
 * mail.
 */
export interface MailInterest extends Repetition {
  /**
   * Returns whether the partner wants new mail. Returns true for an unknown partner. An unwanted
   * event is dropped later, but mail that was not published is lost. So the database is asked
   * before the answer is false: a webhook may be new.
   */
  wantsNewMail(partnerId: string): Promise<boolean>;
}

/** Every `intervalMs`, reads which partners have no webhook for new mail. */
export function createMailInterest(
  deps: { db: Db; clock: Clock; log: Log },
  settings: { intervalMs: number },
): MailInterest {
  let without: ReadonlySet<string> = new Set();
  const reading = repeat(deps, {
    name: "mail_interest",
    everyMs: settings.intervalMs,
    async work() {
      without = await readPartnersWithoutMailWebhook(deps.db);
    },
  });
  return {
    ...reading,
    wantsNewMail: async (partnerId) =>
      !without.has(partnerId) || (await hasMailWebhook(deps.db, partnerId)),
  };
}
