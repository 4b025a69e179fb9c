import type { Db } from "../../../db/client.ts";
import { hasMailWebhook, readPartnersWithoutMailWebhook } from "../../../db/users/watched-users.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import { repeat, type Repetition } from "../../../shared/concurrency/repeat.ts";

/** Which partners want new mail: those without a webhook for it get none published. */
export interface MailInterest extends Repetition {
  /**
   * True for a partner that is not known yet: what was published is dropped later, what was not is lost.
   * So a no is asked for anew, in case that the webhook is younger than what was read.
   */
  wantsNewMail(partnerId: string): Promise<boolean>;
}

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
