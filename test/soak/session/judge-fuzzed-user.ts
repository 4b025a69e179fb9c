/** A mail that was delivered to the mailbox, with the real UID and UIDVALIDITY. */
export interface SoakMail {
  uidValidity: number;
  uid: number;
}

export type SoakEvent = SoakMail & { id: string };

/** What is known about a user at the end of a run. */
export interface UserOutcome {
  name: string;
  userId: string;
  state: string;
  sent: readonly SoakMail[];
  /** The user's rows in mail_logs. */
  rows: readonly (SoakMail & { eventId: string; state: string; reason: string | null })[];
  /** The user's events in NATS. Null means that the run has not read them yet. */
  events: readonly SoakEvent[] | null;
  /** Whether the user's session saw the real UIDs and UIDVALIDITY. */
  hasTrueIds: boolean;
}

/** A fault in how the product has handled a user's mail. */
export interface UserFault {
  kind: "lost" | "two_ids" | "doubled" | "not_recovered";
  detail: string;
}

const toKey = ({ uidValidity, uid }: SoakMail) => `${uidValidity}/${uid}`;
const list = (mails: readonly SoakMail[]) => mails.map(toKey).join(", ");

/**
 * Returns the faults. Each mail must have a row in mail_logs. If the session saw wrong UIDs or a
 * wrong UIDVALIDITY, only the last mail must have one, because it arrived after the mutations. The
 * session may have recorded earlier mails under wrong numbers, or seen them as deleted.
 */
export function judgeFuzzedUser(user: UserOutcome): UserFault[] {
  const { name, userId, state, sent, rows, events, hasTrueIds } = user;
  const faults: UserFault[] = [];
  const none = (mails: readonly SoakMail[], kind: UserFault["kind"], what: string) => {
    if (mails.length > 0)
      faults.push({ kind, detail: `${name} (${userId}): ${what}: ${list(mails)}` });
  };
  if (state !== "watching")
    faults.push({
      kind: "not_recovered",
      detail: `${name} (${userId}) is ${state}, wanted watching`,
    });
  const recorded = new Set(rows.map(toKey));
  const owed = hasTrueIds ? sent : sent.slice(-1);
  none(
    owed.filter((mail) => !recorded.has(toKey(mail))),
    "lost",
    "mails without a row",
  );
  none(
    (events ?? []).filter(({ id }, i) => events?.findIndex((event) => event.id === id) !== i),
    "doubled",
    "events stored twice",
  );
  if (!hasTrueIds) return faults;
  const known = new Set(sent.map(toKey));
  none(
    [...rows, ...(events ?? [])].filter((mail) => !known.has(toKey(mail))),
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
