import type { SeenTracer } from "../../../../db/tracers/tracer-stages.ts";
import type { MessageHeader } from "../../imap/fetch/message-header.ts";
import type { ImapConnection } from "../../imap/imap-connection.ts";
import type { Account } from "../../login/account.ts";

/** Recognizes tracers: mails that we send to measure latency. */
export interface TracerWatch {
  /**
   * Returns which of the messages are our tracers, by UID. Only a tracer user's mail with the right
   * subject costs a request to the server. A mail with the subject, but without a valid signature,
   * is ordinary mail.
   */
  recognise(
    open: {
      account: Pick<Account, "userId" | "tracers">;
      connection: Pick<ImapConnection, "fetchHeaderField">;
    },
    headers: readonly MessageHeader[],
  ): Promise<ReadonlyMap<number, string>>;
  /**
   * Records which stages the tracers have reached. Never rejects, since a failed measurement must
   * not keep mail from being recorded.
   */
  note(tracers: readonly SeenTracer[]): Promise<void>;
}
