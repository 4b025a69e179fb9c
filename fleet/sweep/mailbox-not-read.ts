/** The user's session has not read the mailbox to its end yet: only then it is known what is live mail, and what a sweep's. */
export class MailboxNotRead extends Error {
  override readonly name = "MailboxNotRead";

  constructor() {
    super("Cannot sweep: the mailbox has not been read for the first time");
  }
}
