import { eq } from "drizzle-orm";
import { mailLogs } from "../../db/mail/tables.ts";
import { partnerConnections, partners } from "../../db/partners/tables.ts";
import { users } from "../../db/users/tables.ts";
import type { CreatedPartner } from "../../db/partners/partners.ts";
import { webhookKeyRow } from "../../db/partners/webhook-keys.ts";
import { storeBody } from "../../fleet/bus/stored-body.ts";
import { BODIES, bodySubject, eventSubject } from "../../fleet/bus/subjects.ts";
import type { Envelope, NewMailEvent } from "../../shared/users/events.ts";
import { computeEventId, newId } from "../../shared/ids.ts";
import { rfc822Text, sha1Hex } from "../../shared/mail/rfc822.ts";
import type { FleetStack } from "../harness/stacks/fleet-stack.ts";

export interface TestUser {
  id: string;
  tag: string;
  partner: CreatedPartner;
}

const ENVELOPE: Envelope = {
  date: "Sun, 22 Nov 2026 10:00:00 +0000",
  subject: "Grüße",
  from: null,
  sender: null,
  reply_to: null,
  to: null,
  cc: null,
  bcc: null,
  in_reply_to: null,
  message_id: "<1@example.org>",
};

/** Creates a connection of this partner, and a user in it. */
export async function newWebhookUser(
  stack: FleetStack,
  partner: CreatedPartner,
  values: { enableTracer?: boolean } = {},
): Promise<TestUser> {
  const connectionId = newId("con");
  await stack.db
    .insert(partnerConnections)
    .values({ id: connectionId, partnerId: partner.id, providerId: "prv_plain" });
  const id = newId("usr");
  await stack.db.insert(users).values({ id, connectionId, tag: `tag-${id}`, ...values });
  return { id, tag: `tag-${id}`, partner };
}

/** Creates more users in the connection of the user `like`. */
export async function moreUsers(
  { db }: FleetStack,
  like: TestUser,
  count: number,
): Promise<TestUser[]> {
  const [{ connectionId } = { connectionId: "" }] = await db
    .select({ connectionId: users.connectionId })
    .from(users)
    .where(eq(users.id, like.id));
  const made = Array.from({ length: count }, () => {
    const id = newId("usr");
    return { id, tag: `tag-${id}`, partner: like.partner };
  });
  await db.insert(users).values(made.map(({ id, tag }) => ({ id, tag, connectionId })));
  return made;
}

/** A mail in a user's mailbox that the fleet has not read yet. */
export interface NewMail {
  user: TestUser;
  uid: number;
  raw: Uint8Array;
}

let uids = 0;

export function newMail(user: TestUser, raw?: Uint8Array): NewMail {
  const uid = ++uids;
  return { user, uid, raw: raw ?? new TextEncoder().encode(`Subject: ${uid}\r\n\r\nHello\r\n`) };
}

const computeId = ({ user, uid }: NewMail) =>
  computeEventId({ userId: user.id, accountEpoch: 0, mailbox: "INBOX", uidValidity: 1, uid });

export async function recordMail({ db }: FleetStack, mail: NewMail): Promise<void> {
  await db.insert(mailLogs).values({
    eventId: computeId(mail),
    userId: mail.user.id,
    partnerId: mail.user.partner.id,
    mailbox: "INBOX",
    uidValidity: 1,
    uid: mail.uid,
    sizeBytes: mail.raw.byteLength,
    internalDate: new Date(),
    state: "queued",
  });
}

/** Publishes the body of a mail, and then the event. */
export async function publishParts(
  { bus }: FleetStack,
  mail: NewMail,
  { envelopeApart = false } = {},
): Promise<NewMailEvent> {
  const { user, uid, raw } = mail;
  const id = computeId(mail);
  const subject = { partner_id: user.partner.id, user_id: user.id, kind: "new_mail" } as const;
  const store = (messageId: string, content: Uint8Array) =>
    storeBody(
      bus,
      { subject: bodySubject(subject), id: messageId },
      content,
      new AbortController().signal,
    );
  const body = await store(id, raw);
  const apart = envelopeApart
    ? await store(`${id}.envelope`, new TextEncoder().encode(JSON.stringify(ENVELOPE)))
    : null;
  const event: NewMailEvent = {
    ...subject,
    id,
    user_tag: user.tag,
    imap_provider_code: "PLAIN",
    created_at_ms: Date.now(),
    sha1: sha1Hex(rfc822Text(raw)),
    mailbox: "INBOX",
    uid_validity: 1,
    uid,
    internal_date_ms: Date.now(),
    size_bytes: raw.byteLength,
    oversize: false,
    body_seq: body.seq,
    body_key: body.key,
    envelope: apart ? null : ENVELOPE,
    envelope_seq: apart?.seq ?? null,
    envelope_key: apart?.key ?? null,
  };
  await bus.publish({ subject: eventSubject(event), id, payload: JSON.stringify(event) });
  return event;
}

/** Records a mail in mail_logs, and publishes it. */
export async function publishMail(stack: FleetStack, user: TestUser, raw?: Uint8Array) {
  const mail = newMail(user, raw);
  await recordMail(stack, mail);
  return publishParts(stack, mail);
}

/**
 * Makes `previous` the partner's previous webhook secret. Until the time `until`, webhooks are also
 * signed with it.
 */
export async function rotateSecret(
  { db, vaults }: FleetStack,
  partnerId: string,
  previous: string,
  until: Date,
): Promise<void> {
  const row = webhookKeyRow(partnerId, "previous_webhook_secret");
  const sealed = await vaults.partner.seal(row, previous);
  await db
    .update(partners)
    .set({ sealedPreviousWebhookSecret: sealed, previousWebhookSecretUntil: until })
    .where(eq(partners.id, partnerId));
}

/** Counts the user's messages in the stream BODIES. */
export async function countBodies({ bus }: FleetStack, user: TestUser): Promise<number> {
  const subject = `body.${user.partner.id}.${user.id}`;
  const info = await bus.jsm.streams.info(BODIES, { subjects_filter: subject });
  return info.state.subjects?.[subject] ?? 0;
}
