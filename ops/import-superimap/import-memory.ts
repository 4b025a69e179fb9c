import type { Db } from "../../db/client.ts";
import { type RememberedMail, rememberMails } from "../../db/partners/imports.ts";
import { messageIdHash } from "../../shared/mail/message-id-hash.ts";
import type { ImportContext } from "./import-context.ts";
import type { MailLogRow } from "./source-rows.ts";

/** How many mails one statement inserts. */
const PAGE = 2_000;

/**
 * Copies SuperIMAP's mail logs of these users into `seen`. The fleet does not deliver these mails
 * again. A later run adds the mails that SuperIMAP has received meanwhile.
 *
 * @param userIds Maps the users' ids in the source to their ids here.
 * @param tx If it is null, the mails are only counted.
 */
export async function importMemory(
  { source, report, rememberedSince }: ImportContext,
  userIds: ReadonlyMap<number, string>,
  tx: Db | null,
): Promise<void> {
  if (userIds.size === 0) return;
  const wanted = { userIds: [...userIds.keys()], since: rememberedSince, limit: PAGE };
  for (let after = 0; ;) {
    const rows = await source.mailLogs({ ...wanted, after });
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
    const mails = rows.map((row) => toMail(row, userIds));
    const fresh = tx === null ? mails.length : await rememberMails(tx, mails.flat());
    report.took("mails remembered", fresh);
    report.knew("mails remembered", mails.length - fresh);
  }
}

function toMail(row: MailLogRow, userIds: ReadonlyMap<number, string>): RememberedMail[] {
  const userId = userIds.get(row.user_id);
  if (userId === undefined) return [];
  return [
    {
      id: `imp_${userId}_${row.id}`,
      userId,
      // For a mail without a Message-ID, SuperIMAP creates one, which matches no other mail.
      messageIdHash: messageIdHash(row.message_id),
      sha1: row.sha1,
      seenAt: row.created_at,
    },
  ];
}
