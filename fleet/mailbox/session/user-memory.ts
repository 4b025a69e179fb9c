import type { Debt } from "../../quota/pace.ts";
import { type FetchMemory, newFetchMemory } from "../imap/fetch/fetch-patiently.ts";
import type { MailboxMemory } from "../imap/find-mailbox.ts";
import { Refetches } from "./refetches.ts";

/**
 * Data that one session of a user passes to the next. The data is lost when the process ends. The
 * sessions are correct without it.
 */
export interface UserMemory extends MailboxMemory {
  /**
   * Failed fetches, and the UIDVALIDITY of the mailbox at that time. When UIDVALIDITY changes, the
   * failures are forgotten.
   */
  fetches: { uidValidity: number; memory: FetchMemory };
  refetches: Refetches;
  /** When the next parked mail must be tried again; null while no parked mail is known. */
  nextParkedMs: number | null;
  /**
   * How far the mailbox was read when this process first opened it. Mail with a higher UID is new,
   * whatever its date.
   */
  liveAfter: { uidValidity: number; uid: number } | null;
  /**
   * Ends the pause after the user's mail server has done harm. Called when a person released the
   * user or changed the account.
   */
  endPause: () => void;
  /**
   * From this time on, an IdleWatch may watch the mailbox. Until then ImapFlow watches it, because
   * the server did something unusual.
   */
  idleWatchFromMs: number;
  /** The state of the rate limit for recording the user's mails (MAIL_PACE). */
  recorded: Debt;
  /** When `lookBack()` last ran. */
  lookedBackMs: number;
}

const ignore = () => {};

/** Returns the memory of a user who is watched for the first time in this process. */
export const newUserMemory = (): UserMemory => ({
  fetches: { uidValidity: 0, memory: newFetchMemory() },
  refetches: new Refetches(),
  nextParkedMs: null,
  liveAfter: null,
  endPause: ignore,
  idleWatchFromMs: -Infinity,
  recorded: { freeMs: 0 },
  lookedBackMs: -Infinity,
  allMailFailures: 0,
});

/**
 * Returns the memory of failed fetches under this UIDVALIDITY. Replaces a memory of another
 * UIDVALIDITY, because its UIDs are invalid.
 */
export function ensureFetchMemory(memory: UserMemory, uidValidity: number): FetchMemory {
  if (memory.fetches.uidValidity !== uidValidity) {
    memory.fetches = { uidValidity, memory: newFetchMemory() };
  }
  return memory.fetches.memory;
}
