import type { EventKind } from "../../../shared/users/events.ts";

export const EVENT_KIND_WORDS: Readonly<Record<EventKind, string>> = {
  new_mail: "new mail",
  user_connected: "user connected",
  user_disconnected: "user disconnected",
  user_auth_failed: "login of user refused",
};

/**
 * Returns the kind of an event as text for people. An unknown kind is returned unchanged, because
 * an unreadable event may have any text as its kind.
 */
export const kindInWords = (kind: string): string =>
  isEventKind(kind) ? EVENT_KIND_WORDS[kind] : kind;

export const isEventKind = (kind: string): kind is EventKind =>
  Object.hasOwn(EVENT_KIND_WORDS, kind);
