import type { SkipReason } from "../../catch-up/judging/decide.ts";

const REASONS: Partial<Record<SkipReason, string>> = {
  expunged: "it is no longer in its mailbox",
  mailbox_reset: "the mail server renumbered its mailbox",
  account_changed: "its user has another account now",
  no_webhook: "the partner has no webhook for it",
};

const isKnown = (reason: string): reason is SkipReason => Object.hasOwn(REASONS, reason);

/** Returns why a mail was not delivered again from its mailbox, in words for the partner. */
export function whyNotAgain(reason: string | null): string {
  const known = reason !== null && isKnown(reason) ? REASONS[reason] : undefined;
  return `the mail is no longer stored, and ${known ?? `is not delivered now (${reason})`}`;
}
