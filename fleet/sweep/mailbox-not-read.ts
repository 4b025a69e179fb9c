/**
 * Thrown until the user's session has read the mailbox for the first time. Before that, it is
 * unknown which mail is new and which a sweep may read.
 */
export class MailboxNotRead extends Error {
  override readonly name = "MailboxNotRead";

  constructor() {
    super("Cannot sweep: the mailbox has not been read for the first time");
  }
}
