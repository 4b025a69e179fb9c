/**
 * The user's session has not read the whole mailbox yet. Until then it is unknown which mail is live and which
 * belongs to a sweep.
 */
export class MailboxNotRead extends Error {
  override readonly name = "MailboxNotRead";

  constructor() {
    super("Cannot sweep: the mailbox has not been read for the first time");
  }
}
