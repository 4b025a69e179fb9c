import { eq } from "drizzle-orm";
import { enqueueEvent } from "../../db/mail/outbox.ts";
import { createCursor } from "../../db/mail/cursors.ts";
import { parkedMails, seen } from "../../db/mail/tables.ts";
import { spentLinks, users } from "../../db/users/tables.ts";
import { insertSweep } from "../../db/mail/sweeps.ts";
import { setUserAccount } from "../../db/users/user-accounts.ts";
import { insertTransmitLogs } from "../../db/deliveries/transmit-logs.ts";
import { upsertDeadLetters } from "../../db/deliveries/dead-letters.ts";
import { attemptSubject, deadSubject } from "../../fleet/bus/subjects.ts";
import { newId } from "../../shared/ids.ts";
import type { FleetStack } from "../harness/stacks/fleet-stack.ts";
import { publishMail, type TestUser } from "../webhook/published-mail.ts";

/** Creates data of the user in every table and every stream that can contain such data. */
export async function useEverywhere(stack: FleetStack, user: TestUser): Promise<void> {
  const { db, bus } = stack;
  const [userId, partnerId, now] = [user.id, user.partner.id, new Date()];
  await db
    .update(users)
    .set({ loginUsername: "me", sealedLoginPassword: "sealed", email: `${userId}@example.org` })
    .where(eq(users.id, userId));
  const { id: eventId } = await publishMail(stack, user);
  const place = { userId, mailbox: "INBOX", uidValidity: 1 };
  const account = { epoch: 0, loginHash: "hash", server: "", watchFrom: null };
  await setUserAccount(db, userId, account);
  const cursor = { uidValidity: 1, lastUid: 1, lastInternalDate: null, importedUid: null };
  await createCursor(db, { userId, accountEpoch: 0, mailbox: "INBOX" }, cursor);
  await db.insert(seen).values({ eventId, userId });
  const parked = { ...place, eventId, uid: 1, internalDate: now, nextTryAt: now };
  await db.insert(parkedMails).values(parked);
  await db.insert(spentLinks).values({ id: newId("lnk"), userId, expiresAt: now });
  const [since, until] = [new Date(0), now];
  await insertSweep(db, { id: newId("swp"), userId, since, until, redeliver: false });
  await enqueueEvent(db, {
    id: newId("evt"),
    kind: "user_disconnected",
    partner_id: partnerId,
    user_id: userId,
    user_tag: user.tag,
    imap_provider_code: "PLAIN",
    created_at_ms: 0,
    sha1: "",
  });
  await insertTransmitLogs(db, [
    {
      eventId,
      attempt: 1,
      attemptedAt: now,
      partnerId,
      userId,
      status: 500,
      durationMs: 1,
      outcome: "dead",
    },
  ]);
  await upsertDeadLetters(db, [
    {
      eventId,
      partnerId,
      userId,
      kind: "new_mail",
      streamSeq: 1,
      attempts: 1,
      lastError: "",
      diedAt: now,
      unreadable: false,
      letterBytes: 1,
    },
  ]);
  const subject = { partner_id: partnerId, user_id: userId };
  const buried = deadSubject({ ...subject, kind: "new_mail" });
  await bus.publish({ subject: buried, id: `dead:${eventId}`, payload: "{}" });
  await bus.publish({
    subject: attemptSubject({ ...subject, event_id: eventId }),
    id: `${eventId}:1`,
    payload: "{}",
  });
}
