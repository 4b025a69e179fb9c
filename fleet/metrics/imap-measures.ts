import type { MailRecord } from "../../db/mail/mail-logs.ts";
import type { Metrics } from "./metrics.ts";

const OUTCOMES = { queued: "published", skipped: "skipped", parked: "parked" } as const;

/** Counts what sessions do: the mails that they publish, skip or park, and their logins. */
export interface ImapMeasures {
  onJudged(records: readonly Pick<MailRecord, "state" | "reason" | "sizeBytes">[]): void;
  /**
   * Called after each login.
   * @param result `ok`, or why the login failed.
   */
  onLogin(result: string): void;
}

/** Creates ImapMeasures that count in these metrics. */
export const imapMeasures = (metrics: Metrics): ImapMeasures => ({
  onJudged(records) {
    for (const { state, reason, sizeBytes } of records) {
      if (state === "delivered" || state === "dead" || state === "lost") continue;
      metrics.mails.inc({ outcome: OUTCOMES[state], reason: reason ?? "none" });
      if (state === "queued") metrics.mailBytes.inc(sizeBytes);
    }
  },
  onLogin: (result) => metrics.logins.inc({ result }),
});
