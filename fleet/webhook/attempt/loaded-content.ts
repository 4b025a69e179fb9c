import type { MailContent } from "../payload/payload.ts";

/** The content of an event, read from BODIES for its delivery. */
export type LoadedContent =
  | { kind: "loaded"; content: MailContent; bodySeqs: readonly number[] }
  /** A part of the content is not in BODIES, or cannot be read. */
  | { kind: "missing"; reason: string };
