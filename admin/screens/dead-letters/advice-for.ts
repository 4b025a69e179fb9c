const REFETCHED = "A redelivery fetches it from its mailbox again, if it is still there.";

/**
 * What to do when a letter's mail cannot be shown. The keys are the reasons that the server sends.
 */
const ADVICE: Readonly<Record<string, string>> = {
  "the mail is no longer stored here": REFETCHED,
  "the mail was lost": REFETCHED,
  "the mail was too large to be stored": "Its webhook is sent without the text of the mail.",
  "the event cannot be read": "It can only be deleted.",
  "the fleet is not running":
    "Only the fleet can read it: start an instance, and load this page again.",
  "the fleet did not answer": "Load this page again.",
};

/** Returns why a letter's mail cannot be shown, and what to do. */
export function adviceFor(reason: string): string {
  const advice = Object.hasOwn(ADVICE, reason) ? ADVICE[reason] : undefined;
  return advice === undefined ? `${reason}.` : `${reason}. ${advice}`;
}
