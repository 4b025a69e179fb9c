import { reasonText } from "../../../shared/users/reasons.ts";
import type { UserState } from "../../../shared/users/user-states.ts";

const TEXTS: Readonly<Record<UserState, string>> = {
  new: "Nobody has tried the account yet.",
  connecting: "The first login is under way.",
  watching: "The mailbox is open and read up to now.",
  backoff: "Something failed that may be gone at the next try.",
  unreachable: "The mail server cannot be reached, or not be trusted.",
  auth_failed: "The credentials are refused: a person must act.",
  quarantined:
    "Its mail server has hurt the process that watched it: it is left alone for a while.",
  paused: "An administrator has it not watched for the time being.",
  archived: "It is kept and not watched.",
};

/** Returns a state as text, with what can be done about it when there is a reason. */
export const describeState = (state: UserState, reason: string | null): string =>
  reason === null ? TEXTS[state] : `${TEXTS[state]} ${reasonText(reason)}`;
