import type { ImapFlow, MailboxObject } from "imapflow";

/**
 * Opens mailboxes with EXAMINE, so that no mail is marked as seen. Courier is different: it sends
 * no UIDNEXT, and assigns lasting UIDs only after SELECT. So if UIDNEXT is missing, this mailbox and
 * all later ones are opened with SELECT. Even after SELECT, no mail is marked as seen, since bodies
 * are fetched with PEEK.
 */
export class MailboxOpener {
  #selects = false;

  async open(client: ImapFlow, path: string): Promise<MailboxObject> {
    // Without an entry for the path in `folders`, ImapFlow sends LIST, which not every server
    // answers.
    const folders: unknown = Reflect.get(client, "folders");
    if (folders instanceof Map && !folders.has(path)) folders.set(path, { path });
    if (!this.#selects) {
      const mailbox = await client.mailboxOpen(path, { readOnly: true });
      if (mailbox.uidNext) return mailbox;
      this.#selects = true;
    }
    return client.mailboxOpen(path, { readOnly: false });
  }
}
