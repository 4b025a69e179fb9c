/**
 * Thrown when the user's session has not finished its first reading of the mailbox. Until then it
 * is unknown which mail is new, and which mail a sweep may read.
 */
export class MailboxNotRead extends Error {
  override readonly name = "MailboxNotRead";

  constructor() {
    super("Cannot sweep: the mailbox has not been read for the first time");
  }
}
