import type { SeenTracer } from "../../../../db/tracers/tracer-stages.ts";
import type { MessageHeader } from "../../imap/fetch/message-header.ts";
import type { ImapConnection } from "../../imap/imap-connection.ts";
import type { Account } from "../../login/account.ts";

/** Recognizes tracers: mails that we send to measure latency. */
export interface TracerWatch {
  /**
   * Returns which of the messages are our tracers, by UID. Asks the server only about mails of
   * tracer users that have the right subject. Without a valid signature, such a mail is ordinary
   * mail.
   */
  recognise(
    open: {
      account: Pick<Account, "userId" | "tracers">;
      connection: Pick<ImapConnection, "fetchHeaderField">;
    },
    headers: readonly MessageHeader[],
  ): Promise<ReadonlyMap<number, string>>;
  /**
   * Records which stages the tracers have reached. Never rejects: mail must be recorded even when a
   * measurement fails.
   */
  note(tracers: readonly SeenTracer[]): Promise<void>;
}
