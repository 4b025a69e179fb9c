import type { EventText } from "../../../db/mail/event-branches.ts";

/**
 * Decides what a searched text may mean: the id of an event, a Message-ID (with or without its
 * angle brackets), a user's tag or e-mail address, or a domain (with or without @).
 */
export function readEventText(text: string): EventText {
  if (/^evt_\w+$/.test(text)) return { eventId: text, messageIds: [], user: null };
  const lower = text.toLowerCase();
  const bare = lower.replace(/^</, "");
  const mayBeMessageId = lower.startsWith("<") || /^[^@]+@/.test(lower);
  return {
    eventId: null,
    messageIds: mayBeMessageId ? [`<${bare}`, bare] : [],
    user: lower.startsWith("<") ? null : lower.replace(/^@/, ""),
  };
}
