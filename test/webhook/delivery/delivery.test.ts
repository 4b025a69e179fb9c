import { createHash } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditLog } from "../../../db/admin/tables.ts";
import { deadLetters, transmitLogs } from "../../../db/deliveries/tables.ts";
import { mailLogs, outbox } from "../../../db/mail/tables.ts";
import { users } from "../../../db/users/tables.ts";
import { isBodySignedBy } from "../../../dev/sink/webhook-check.ts";
import { DEAD, EVENTS, eventSubject, laneConsumer } from "../../../fleet/bus/subjects.ts";
import { newWebhookSecret } from "../../../shared/secrets/signatures.ts";
import { type Endpoint, startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import {
  countBodies,
  newMail,
  newWebhookUser,
  publishMail,
  publishParts,
  recordMail,
  rotateSecret,
} from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
let role: AsyncDisposable;
beforeAll(async () => {
  stack = await startFleetStack();
  role = runRole(stack);
});
afterAll(async () => {
  await role?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

async function newPartnerAt(endpoint: Endpoint) {
  const partner = await stack.newPartner({
    newMailWebhook: `${endpoint.url}/mail`,
    userConnectedWebhook: `${endpoint.url}/connected`,
  });
  stack.bus.poke("ctl.partners", {});
  return partner;
}

const readLogs = async (eventId: string) =>
  (await stack.db.select().from(transmitLogs))
    .filter((row) => row.eventId === eventId)
    .toSorted((a, b) => a.attempt - b.attempt);

const awaitMailState = (eventId: string, state: string) =>
  eventually(`mail_logs to say ${state}`, async () =>
    (await stack.db.select().from(mailLogs)).find(
      (row) => row.eventId === eventId && row.state === state,
    ),
  );

const deadLetterIn = (subject: string) =>
  stack.bus.jsm.streams.getMessage(DEAD, { last_by_subj: subject });

test("a mail is delivered with both signatures, recorded, and its body deleted", async () => {
  await using endpoint = await startEndpoint(() => ({ status: 204 }));
  const partner = await newPartnerAt(endpoint);
  const user = await newWebhookUser(stack, partner);
  const raw = Uint8Array.of(0x53, 0x3a, 0x20, 0xfc, 0x0d, 0x0a);
  const event = await publishMail(stack, user, raw);

  await awaitMailState(event.id, "delivered");
  const [posted] = endpoint.posted;
  if (!posted) throw new Error("nothing was posted");
  expect(posted.path).toBe("/mail");
  expect(posted.headers).toMatchObject({
    "content-type": "application/json",
    "webhook-id": event.id,
    "user-agent": expect.stringMatching(/^SuperIMAP\/\d/),
  });
  new Webhook(partner.webhookSecret).verify(posted.body, posted.headers as Record<string, string>);
  expect(isBodySignedBy(partner.apiKey, posted.body)).toBe(true);
  const body = JSON.parse(posted.body);
  expect(Object.keys(body)).toEqual([
    "timestamp",
    "sha1",
    "imap_provider_code",
    "user_tag",
    "signature",
    "envelope",
    "rfc822",
  ]);
  expect(body).toMatchObject({ rfc822: "S: \ufffd\r\n", user_tag: user.tag, sha1: event.sha1 });
  expect(await readLogs(event.id)).toMatchObject([
    {
      ...{ attempt: 1, status: 204, error: null, outcome: "delivered", userId: user.id },
      eventAt: new Date(event.created_at_ms),
    },
  ]);
  await eventually(
    "the body to go",
    async () => (await countBodies(stack, user)) === 0 || undefined,
  );
});

test("during a rotation the old and the new secret both verify", async () => {
  await using endpoint = await startEndpoint();
  const partner = await newPartnerAt(endpoint);
  const user = await newWebhookUser(stack, partner);
  const old = newWebhookSecret();
  await rotateSecret(stack, partner.id, old, new Date(Date.now() + 60_000));
  stack.bus.poke("ctl.partners", {});
  const posted = await eventually("a webhook with both signatures", async () => {
    await publishMail(stack, user);
    return endpoint.posted.find((p) => String(p.headers["webhook-signature"]).includes(" "));
  });
  for (const secret of [partner.webhookSecret, old]) {
    new Webhook(secret).verify(posted.body, posted.headers as Record<string, string>);
  }
  await rotateSecret(stack, partner.id, old, new Date(Date.now() - 1));
  stack.bus.poke("ctl.partners", {});
  await eventually("a webhook with one signature", async () => {
    const { id } = await publishMail(stack, user);
    await awaitMailState(id, "delivered");
    const last = endpoint.posted.find(({ headers }) => headers["webhook-id"] === id);
    return String(last?.headers["webhook-signature"]).includes(" ") ? undefined : last;
  });
});

test("an envelope that travels apart arrives in its place, and is deleted", async () => {
  await using endpoint = await startEndpoint();
  const user = await newWebhookUser(stack, await newPartnerAt(endpoint));
  const mail = newMail(user);
  await recordMail(stack, mail);
  const event = await publishParts(stack, mail, { envelopeApart: true });
  await awaitMailState(event.id, "delivered");
  expect(JSON.parse(endpoint.posted[0]?.body ?? "").envelope).toMatchObject({ subject: "Grüße" });
  await eventually("bodies to go", async () => (await countBodies(stack, user)) === 0 || undefined);
});

test("a mail that is delivered before it is recorded still ends as delivered", async () => {
  await using endpoint = await startEndpoint();
  const user = await newWebhookUser(stack, await newPartnerAt(endpoint));
  const mail = newMail(user);
  const event = await publishParts(stack, mail);
  await eventually("the attempt to be written", async () => (await readLogs(event.id))[0]);
  await recordMail(stack, mail);
  await awaitMailState(event.id, "delivered");
});

test("an endpoint that fails five times gets the sixth attempt, under the same id", async () => {
  await using endpoint = await startEndpoint((_request, n) => ({ status: n <= 5 ? 500 : 200 }));
  const user = await newWebhookUser(stack, await newPartnerAt(endpoint));
  const event = await publishMail(stack, user);
  await awaitMailState(event.id, "delivered");
  expect(endpoint.posted.map(({ headers }) => headers["webhook-id"])).toEqual(
    Array.from({ length: 6 }, () => event.id),
  );
  expect((await readLogs(event.id)).map(({ outcome }) => outcome)).toEqual([
    "retry",
    "retry",
    "retry",
    "retry",
    "retry",
    "delivered",
  ]);
});

test("Retry-After is waited for", async () => {
  await using endpoint = await startEndpoint((_request, n) =>
    n === 1 ? { status: 429, headers: { "retry-after": "1" } } : { status: 200 },
  );
  const user = await newWebhookUser(stack, await newPartnerAt(endpoint));
  const event = await publishMail(stack, user);
  await awaitMailState(event.id, "delivered");
  const [first, second] = endpoint.posted.map(({ atMs }) => atMs);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
});

test("an event that always fails ends in DEAD exactly once, with its mail", async () => {
  await using endpoint = await startEndpoint(() => ({
    status: 500,
    headers: { server: "hooks", "set-cookie": "id=hidden" },
    body: "out\0 of order",
  }));
  const partner = await newPartnerAt(endpoint);
  const user = await newWebhookUser(stack, partner);
  const raw = Uint8Array.of(0xfc, 0x0d, 0x0a);
  const event = await publishMail(stack, user, raw);
  await awaitMailState(event.id, "dead");

  expect(endpoint.posted).toHaveLength(7);
  const letters = (await stack.db.select().from(deadLetters)).filter(
    (row) => row.eventId === event.id,
  );
  expect(letters).toMatchObject([{ attempts: 7, lastError: "the endpoint answered 500" }]);
  const subject = `dead.${partner.id}.new_mail.${user.id}`;
  const info = await stack.bus.jsm.streams.info(DEAD, { subjects_filter: subject });
  expect(info.state.subjects?.[subject]).toBe(1);
  expect((await deadLetterIn(subject))?.json()).toMatchObject({
    event: { id: event.id },
    attempts: 7,
    rfc822_base64: Buffer.from(raw).toString("base64"),
    envelope: { subject: "Grüße" },
  });
  expect((await readLogs(event.id)).at(-1)).toMatchObject({
    outcome: "dead",
    answer: "out of order",
    answerHeaders: { server: "hooks", "set-cookie": "***" },
    request: {
      url: `${endpoint.url}/mail`,
      headers: { "webhook-id": event.id, "content-type": "application/json" },
      body_bytes: Buffer.byteLength(endpoint.posted.at(-1)?.body ?? ""),
      body_sha256: createHash("sha256")
        .update(endpoint.posted.at(-1)?.body ?? "")
        .digest("hex"),
    },
  });
  await eventually(
    "the body to go",
    async () => (await countBodies(stack, user)) === 0 || undefined,
  );
  const lane = await stack.bus.jsm.consumers.info(EVENTS, laneConsumer(partner.id));
  expect(lane).toMatchObject({ num_ack_pending: 0, num_pending: 0 });
});

test("403 archives the user, with an audit row and a poke to the fleet", async () => {
  await using endpoint = await startEndpoint(() => ({ status: 403 }));
  const user = await newWebhookUser(stack, await newPartnerAt(endpoint));
  const event = await publishMail(stack, user);
  await awaitMailState(event.id, "delivered");
  const row = (await stack.db.select().from(users)).find(({ id }) => id === user.id);
  expect(row).toMatchObject({ state: "archived", stateReason: "refused_by_webhook" });
  expect(row?.archivedAt).not.toBeNull();
  const audit = (await stack.db.select().from(auditLog)).filter((a) => a.subjectId === user.id);
  expect(audit).toMatchObject([{ action: "user.archived", details: { event_id: event.id } }]);
  const told = (await stack.db.select().from(outbox)).filter(
    ({ kind }) => kind === "users_changed",
  );
  expect(told.map(({ payload }) => payload)).toContainEqual({ user_ids: [user.id] });
  expect(endpoint.posted).toHaveLength(1);
});

test("403 does not archive a tracer user", async () => {
  await using endpoint = await startEndpoint((_request, n) => ({ status: n === 1 ? 403 : 200 }));
  const user = await newWebhookUser(stack, await newPartnerAt(endpoint), { enableTracer: true });
  const event = await publishMail(stack, user);
  await awaitMailState(event.id, "delivered");
  expect((await readLogs(event.id)).map(({ outcome }) => outcome)).toEqual(["retry", "delivered"]);
});

test("a mail whose body is not in BODIES is never sent, and dies with that reason", async () => {
  await using endpoint = await startEndpoint();
  const user = await newWebhookUser(stack, await newPartnerAt(endpoint));
  const lost = await publishMail(stack, user);
  await awaitMailState(lost.id, "delivered");
  // This event refers to the body of the mail `lost`. BODIES has no body for this event itself.
  const other = { ...lost, id: "evt_other", body_seq: lost.body_seq };
  const payload = JSON.stringify(other);
  await stack.bus.publish({ subject: eventSubject(other), id: other.id, payload });
  const dead = await eventually("a dead letter", async () =>
    (await stack.db.select().from(deadLetters)).find(({ eventId }) => eventId === other.id),
  );
  expect(dead).toMatchObject({ attempts: 7, lastError: "the mail's body is not in BODIES" });
  expect(endpoint.posted).toHaveLength(1);
});

test("a blank webhook gets nothing, and the mail is recorded as skipped", async () => {
  const partner = await stack.newPartner({ newMailWebhook: " " });
  stack.bus.poke("ctl.partners", {});
  const user = await newWebhookUser(stack, partner);
  const event = await publishMail(stack, user);
  expect(await awaitMailState(event.id, "skipped")).toMatchObject({ reason: "no_webhook" });
  expect(await readLogs(event.id)).toEqual([]);
  await eventually(
    "the body to go",
    async () => (await countBodies(stack, user)) === 0 || undefined,
  );
});

test("an event that cannot be processed goes to DEAD with its reason, and its lane continues", async () => {
  await using endpoint = await startEndpoint();
  const partner = await newPartnerAt(endpoint);
  const user = await newWebhookUser(stack, partner);
  const poisoned = `evt_poison${user.id.slice(4)}`;
  const subject = `${partner.id}.new_mail.${user.id}`;
  await stack.bus.publish({
    subject: `evt.${subject}`,
    id: poisoned,
    payload: '{"kind":"new_mail"',
  });
  const event = await publishMail(stack, user);
  await awaitMailState(event.id, "delivered");
  const letter = await eventually("a dead letter", async () =>
    (await stack.db.select().from(deadLetters)).find(({ eventId }) => eventId === poisoned),
  );
  expect(letter).toMatchObject({
    partnerId: partner.id,
    userId: user.id,
    lastError: "the event cannot be read: it is not JSON",
  });
  expect((await deadLetterIn(`dead.${subject}`))?.json()).toMatchObject({
    event: '{"kind":"new_mail"',
  });
});
