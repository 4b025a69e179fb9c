import * as v from "valibot";
import type { Db } from "../db/client.ts";
import { readInstallationId } from "../db/fleet/installation.ts";
import { pauseLane, resumeLane } from "../db/deliveries/lane-pauses.ts";
import { createPartner } from "../db/partners/partners.ts";
import { openTcpDatabase } from "../db/drivers/tcp-database.ts";
import { mailLogs } from "../db/mail/tables.ts";
import { partnerConnections } from "../db/partners/tables.ts";
import { users } from "../db/users/tables.ts";
import type { Stack } from "../dev/stack/stack.ts";
import { type Bus, connectBus } from "../fleet/bus/bus.ts";
import { storeBody } from "../fleet/bus/stored-body.ts";
import { bodySubject, eventSubject } from "../fleet/bus/subjects.ts";
import { systemClock } from "../shared/clock.ts";
import type { NewMailEvent } from "../shared/users/events.ts";
import { newId } from "../shared/ids.ts";
import { createLog } from "../shared/log.ts";
import { rfc822Text, sha1Hex } from "../shared/mail/rfc822.ts";
import { partnerKeys, partnerVault } from "../shared/secrets/vault.ts";

const GIB = 2 ** 30;
const SIZES = {
  eventsBytes: GIB,
  bodiesBytes: 4 * GIB,
  deadBytes: GIB,
  attemptsBytes: GIB,
  replicas: 1,
};
const RAW = new TextEncoder().encode(`Subject: bench\r\n\r\n${"x".repeat(1_000)}\r\n`);
const BY_PARTNER = { reason: "partner", actor: "bench" } as const;
/** Mails are recorded and published in groups of at most this many. */
const CHUNK = 500;

export interface LoadedPartner {
  id: string;
  userId: string;
}

/**
 * Creates the load of a webhook benchmark: adds partners with one user each, and publishes mail for
 * these users directly to NATS.
 */
export interface WebhookLoad extends AsyncDisposable {
  addPartner(webhook: string): Promise<LoadedPartner>;
  /**
   * Publishes `count` small mails, as if a session had read them from a mailbox. Returns their
   * event ids.
   */
  publish(partner: LoadedPartner, count: number): Promise<string[]>;
  /** Pauses the partner's deliveries. */
  pause(partner: LoadedPartner): Promise<void>;
  resume(partner: LoadedPartner): Promise<void>;
}

export async function openLoad(stack: Stack): Promise<WebhookLoad> {
  await using opened = new AsyncDisposableStack();
  const vault = partnerVault(v.parse(partnerKeys, stack.keys.partner_keys));
  const { db } = opened.use(
    openTcpDatabase({
      url: stack.addresses.postgres,
      maxConnections: 4,
    }),
  );
  const installationId = await readInstallationId(db);
  const options = { url: stack.addresses.nats, name: "bench", sizes: SIZES, installationId };
  const deps = { clock: systemClock, log: createLog(() => {}, "error") };
  const bus = opened.use(await connectBus(deps, options, new AbortController().signal));
  const sha1 = sha1Hex(rfc822Text(RAW));
  const resources = opened.move();
  let uid = 0;
  return {
    async addPartner(webhook) {
      const { id } = await createPartner(db, vault, { name: "Bench", newMailWebhook: webhook });
      const connectionId = newId("con");
      await db
        .insert(partnerConnections)
        .values({ id: connectionId, partnerId: id, providerId: "prv_plain" });
      const userId = newId("usr");
      await db.insert(users).values({ id: userId, connectionId, tag: userId });
      return { id, userId };
    },
    async publish(partner, count) {
      const ids: string[] = [];
      for (let left = count; left > 0; left -= CHUNK) {
        const events = Array.from({ length: Math.min(CHUNK, left) }, () =>
          newEvent(partner, sha1, ++uid),
        );
        await record(db, events);
        await Promise.all(events.map((event) => publishMail(bus, event)));
        ids.push(...events.map(({ id }) => id));
      }
      return ids;
    },
    async pause({ id }) {
      await pauseLane(db, id, BY_PARTNER);
    },
    resume: ({ id }) => resumeLane(db, id, BY_PARTNER),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const newEvent = (partner: LoadedPartner, sha1: string, uid: number): NewMailEvent => ({
  id: newId("evt"),
  kind: "new_mail",
  partner_id: partner.id,
  user_id: partner.userId,
  user_tag: partner.userId,
  imap_provider_code: "PLAIN",
  created_at_ms: Date.now(),
  sha1,
  mailbox: "INBOX",
  uid_validity: 1,
  uid,
  internal_date_ms: Date.now(),
  size_bytes: RAW.byteLength,
  oversize: false,
  body_seq: null,
  body_key: null,
  envelope: {
    date: null,
    subject: "bench",
    from: null,
    sender: null,
    reply_to: null,
    to: null,
    cc: null,
    bcc: null,
    in_reply_to: null,
    message_id: null,
  },
  envelope_seq: null,
  envelope_key: null,
});

async function publishMail(bus: Bus, event: NewMailEvent): Promise<void> {
  const { signal } = new AbortController();
  const body = await storeBody(bus, { subject: bodySubject(event), id: event.id }, RAW, signal);
  const payload = JSON.stringify({ ...event, body_seq: body.seq, body_key: body.key });
  await bus.publish({ subject: eventSubject(event), id: event.id, payload });
}

/**
 * Records mails before they are published, unlike a session. The measured time starts at the
 * publication and must not include the recording.
 */
async function record(db: Db, events: readonly NewMailEvent[]): Promise<void> {
  await db.insert(mailLogs).values(
    events.map((event) => ({
      eventId: event.id,
      userId: event.user_id,
      partnerId: event.partner_id,
      mailbox: event.mailbox,
      uidValidity: event.uid_validity,
      uid: event.uid,
      sizeBytes: event.size_bytes,
      internalDate: new Date(event.internal_date_ms),
      state: "queued" as const,
    })),
  );
}
