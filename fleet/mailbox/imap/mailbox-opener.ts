import type { ImapFlow, MailboxObject } from "imapflow";

/**
 * Opens mailboxes with EXAMINE, so that no mail is marked as seen. Courier is different: it sends
 * no UIDNEXT, and assigns lasting UIDs only after SELECT. So after a missing UIDNEXT, mailboxes are
 * opened with SELECT. SELECT marks no mail as seen either, because bodies are fetched with PEEK.
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
