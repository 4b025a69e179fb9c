import type { EventKind } from "../../../shared/users/events.ts";

export const KIND_WORDS: Readonly<Record<EventKind, string>> = {
  new_mail: "new mail",
  user_connected: "user connected",
  user_disconnected: "user disconnected",
  user_auth_failed: "login of user refused",
};

/** Of an event that cannot be read, the kind may be anything. */
export const kindInWords = (kind: string): string => (isEventKind(kind) ? KIND_WORDS[kind] : kind);

export const isEventKind = (kind: string): kind is EventKind => Object.hasOwn(KIND_WORDS, kind);
