/** A mail that was put into the mailbox, by the server's own numbers. */
export interface SentMail {
  uidValidity: number;
  uid: number;
}

export type StoredEvent = SentMail & { id: string };

/** What is known of a user. */
export interface UserOutcome {
  name: string;
  userId: string;
  state: string;
  sent: readonly SentMail[];
  /** Of mail_logs. */
  rows: readonly (SentMail & { eventId: string; state: string; reason: string | null })[];
  /** All that are stored; null as long as they were not looked at. */
  events: readonly StoredEvent[] | null;
  /** The numbers by which mail is known reached the session as the server said them. */
  hasTrueIds: boolean;
}

/** Something wrong with what became of a user's mail. */
export interface UserFault {
  kind: "lost" | "two_ids" | "doubled" | "not_recovered";
  detail: string;
}

const keyOf = ({ uidValidity, uid }: SentMail) => `${uidValidity}/${uid}`;
const list = (mails: readonly SentMail[]) => mails.map(keyOf).join(", ");

/**
 * What is wrong, if anything. Where a server lied about the numbers of mail, no more is owed than that the
 * last mail, which came after it, has its row: what it called by other numbers, or said was gone, is unknown.
 */
export function judgeUser(user: UserOutcome): UserFault[] {
  const { name, userId, state, sent, rows, events, hasTrueIds } = user;
  const faults: UserFault[] = [];
  const none = (mails: readonly SentMail[], kind: UserFault["kind"], what: string) => {
    if (mails.length > 0)
      faults.push({ kind, detail: `${name} (${userId}): ${what}: ${list(mails)}` });
  };
  if (state !== "watching")
    faults.push({
      kind: "not_recovered",
      detail: `${name} (${userId}) is ${state}, wanted watching`,
    });
  const recorded = new Set(rows.map(keyOf));
  const owed = hasTrueIds ? sent : sent.slice(-1);
  none(
    owed.filter((mail) => !recorded.has(keyOf(mail))),
    "lost",
    "mails without a row",
  );
  none(
    (events ?? []).filter(({ id }, i) => events?.findIndex((event) => event.id === id) !== i),
    "doubled",
    "events stored twice",
  );
  if (!hasTrueIds) return faults;
  const known = new Set(sent.map(keyOf));
  none(
    [...rows, ...(events ?? [])].filter((mail) => !known.has(keyOf(mail))),
    "two_ids",
    "rows or events of mails that there are not",
  );
  none(
    rows.filter((row) => row.state === "parked"),
    "not_recovered",
    "mails that stay parked",
  );
  if (!events) return faults;
  const stored = new Set(events.map(({ id }) => id));
  none(
    rows.filter((row) => row.state === "queued" && !stored.has(row.eventId)),
    "lost",
    "mails recorded as queued without an event",
  );
  return faults;
}
