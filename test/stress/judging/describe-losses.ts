import { sql } from "drizzle-orm";
import type { Cluster } from "../../faults/cluster.ts";
import type { SentMail } from "../mail-generator.ts";
import type { Records } from "./read-records.ts";
import { isLost } from "./tally.ts";

const MAX_MAILS = 5;
const MAX_LINES = 200;

interface UserRow extends Record<string, unknown> {
  id: string;
  state: string;
  state_reason: string | null;
}

/**
 * Describes the lost mails with the database rows and log lines of their users. Returns an empty
 * list if no mail is lost.
 */
export async function describeLosses(
  cluster: Pick<Cluster, "db" | "receipts" | "lines">,
  sent: readonly SentMail[],
  records: Records,
): Promise<string[]> {
  const lost = sent.filter((mail) => isLost(mail, cluster.receipts, records)).slice(0, MAX_MAILS);
  if (lost.length === 0) return [];
  const lines = await cluster.lines();
  const told = await Promise.all(lost.map((mail) => describeLoss(cluster, mail, lines)));
  return told.flat();
}

async function describeLoss(
  { db }: Pick<Cluster, "db">,
  mail: SentMail,
  lines: readonly string[],
): Promise<string[]> {
  const { rows: users } = await db.execute<UserRow>(
    sql`select id, state, state_reason from users where tag = ${mail.login}`,
  );
  const [user] = users;
  if (!user) return [`Lost: ${JSON.stringify(mail)}, whose user is gone`];
  const { rows: mails } = await db.execute(
    sql`select uid_validity, uid, state, reason, message_id, recorded_at, internal_date, stream_seq
        from mail_logs where user_id = ${user.id} order by recorded_at, uid`,
  );
  const { rows: cursors } = await db.execute(sql`select * from cursors where user_id = ${user.id}`);
  const ofUser = lines.filter((line) => line.includes(user.id)).slice(-MAX_LINES);
  return [
    `Lost: ${JSON.stringify(mail)}`,
    ...[user, ...cursors, ...mails].map((row) => `  ${JSON.stringify(row)}`),
    ...ofUser.map((line) => `  ${line}`),
  ];
}
