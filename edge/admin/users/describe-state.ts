import { reasonText } from "../../../shared/users/reasons.ts";
import type { UserState } from "../../../shared/users/user-states.ts";

const TEXTS: Readonly<Record<UserState, string>> = {
  new: "No login has been tried yet.",
  connecting: "The first login is in progress.",
  watching: "The mailbox is open and up to date.",
  backoff: "Temporary failure; retrying.",
  unreachable: "The mail server is unreachable, or its certificate is not trusted.",
  auth_failed: "Login failed; the account owner must act.",
  quarantined:
    "Its mail server harmed the process that watched it. It is not watched for a while, then tried again automatically.",
  paused: "Paused by an administrator.",
  archived: "Archived: its data is kept, and its mailbox is not watched.",
};

/** Returns a user's state as text. If there is a reason, its text follows and says what to do. */
export const describeState = (state: UserState, reason: string | null): string =>
  reason === null ? TEXTS[state] : `${TEXTS[state]} ${reasonText(reason)}`;
