import type { MailContent } from "../payload/payload.ts";

/** What an event needs from BODIES to be delivered. */
export type LoadedContent =
  | { kind: "loaded"; content: MailContent; bodySeqs: readonly number[] }
  /** A required part is missing. */
  | { kind: "missing"; reason: string };
