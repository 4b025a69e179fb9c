import type { MailContent } from "../payload/payload.ts";

/** The content of an event from BODIES, for its delivery. */
export type LoadedContent =
  | { kind: "loaded"; content: MailContent; bodySeqs: readonly number[] }
  /** A required part is missing. */
  | { kind: "missing"; reason: string };
