import type { SeenTracer } from "../../../db/tracers/tracer-stages.ts";
import type { MessageHeader } from "../imap/fetch/message-header.ts";
import type { ImapConnection } from "../imap/imap-connection.ts";
import type { Account } from "../login/account.ts";

/** Knows tracers among the mail that is read. */
export interface TracerWatch {
  /**
   * Our tracers among these messages, by their UIDs. Only a tracer user's mail with the right subject
   * costs a question; a mail with the subject alone is ordinary mail.
   */
  recognise(
    open: {
      account: Pick<Account, "userId" | "tracers">;
      connection: Pick<ImapConnection, "fetchHeaderField">;
    },
    headers: readonly MessageHeader[],
  ): Promise<ReadonlyMap<number, string>>;
  /** Notes how far they came. Never rejects: mail does not wait for what only measures it. */
  note(tracers: readonly SeenTracer[]): Promise<void>;
}
