import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyWebhook } from "../../../client/verify-webhook.ts";
import { insertCommand, readAnswer } from "../../../db/fleet/commands.ts";
import {
  enqueueEvent,
  enqueuePartnerChanged,
  enqueueUsersChanged,
} from "../../../db/mail/outbox.ts";
import { commands } from "../../../db/fleet/tables.ts";
import { outbox, userEvents } from "../../../db/mail/tables.ts";
import { isBodySignedBy } from "../../../dev/sink/webhook-check.ts";
import { EVENTS, eventSubject } from "../../../fleet/bus/subjects.ts";
import { runRelay } from "../../../fleet/relay/relay.ts";
import type { CommandHandlers } from "../../../fleet/relay/answer-commands.ts";
import { answerTestWebhook } from "../../../fleet/webhook/test-webhook.ts";
import { systemClock } from "../../../shared/clock.ts";
import { answerRow, type Command, requestRow } from "../../../shared/commands.ts";
import type { UserEvent } from "../../../shared/users/events.ts";
import { newId } from "../../../shared/ids.ts";
import { sha1Hex } from "../../../shared/mail/rfc822.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { noCommands } from "../../harness/no-commands.ts";
import { eventually } from "../../harness/eventually.ts";
import { type OwnFleetStack, startOwnFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { newWebhookUser, type TestUser } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: OwnFleetStack;
beforeAll(async () => {
  stack = await startOwnFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

function startRelay(others: Partial<CommandHandlers> = {}): AsyncDisposable {
  const { bus, db, log, vaults, post } = stack;
  const stop = new AbortController();
  const deps = { bus, db, log, clock: systemClock, partnerVault: vaults.partner, post };
  const handlers: CommandHandlers = {
    ...noCommands,
    test_webhook: (command) => answerTestWebhook(deps, { attemptTimeoutMs: 500 }, command),
    ...others,
  };
  const settings = { intervalMs: 50 };
  const relay = { ...deps, handlers, mailboxVault: vaults.mailbox };
  const running = runRelay(relay, settings, stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

const connectedEvent = async (user: TestUser): Promise<UserEvent> => ({
  id: newId("evt"),
  kind: "user_connected",
  partner_id: user.partner.id,
  user_id: user.id,
  user_tag: user.tag,
  imap_provider_code: "PLAIN",
  created_at_ms: Date.now(),
  sha1: sha1Hex(user.tag),
  email: "ann@example.org",
});

const findOutboxRow = async (eventId: string) =>
  (await stack.db.select().from(outbox)).find((row) => row.eventId === eventId);

test("an event of the outbox is published once, delivered, and settled", async () => {
  await using endpoint = await startEndpoint();
  const partner = await stack.newPartner({ userConnectedWebhook: endpoint.url });
  const event = await connectedEvent(await newWebhookUser(stack, partner));
  await enqueueEvent(stack.db, event);
  {
    await using _relay = startRelay();
    await using _other = startRelay();
    const row = await eventually("the publication", async () => {
      const found = await findOutboxRow(event.id);
      return found?.publishedAt ? found : undefined;
    });
    expect(row.streamSeq).toBeGreaterThan(0);
  }
  const subject = eventSubject(event);
  const info = await stack.bus.jsm.streams.info(EVENTS, { subjects_filter: subject });
  expect(info.state.subjects?.[subject]).toBe(1);

  await using _role = runRole(stack);
  await eventually("the outbox to forget it", async () =>
    (await findOutboxRow(event.id)) === undefined ? true : undefined,
  );
  const [posted] = endpoint.posted;
  expect(JSON.parse(posted?.body ?? "")).toMatchObject({
    user_tag: event.user_tag,
    email: "ann@example.org",
    sha1: event.sha1,
  });
  expect(isBodySignedBy(partner.apiKey, posted?.body ?? "")).toBe(true);
  const logged = (await stack.db.select().from(userEvents)).find((row) => row.eventId === event.id);
  expect(logged).toMatchObject({ kind: "user_connected", state: "delivered", reason: null });
});

test("pokes of the outbox reach the fleet, and their rows go", async () => {
  const partner = await stack.newPartner();
  const heard: unknown[] = [];
  const subscription = stack.bus.connection.subscribe("ctl.>", {
    callback: (_error, message) => void heard.push([message.subject, message.json()]),
  });
  await enqueueUsersChanged(stack.db, partner.id, ["usr_1", "usr_2"]);
  await enqueuePartnerChanged(stack.db, partner.id);
  await using _relay = startRelay();
  await eventually("the rows to go", async () =>
    (await stack.db.select().from(outbox)).some((row) => row.partnerId === partner.id)
      ? undefined
      : true,
  );
  await stack.bus.connection.flush();
  subscription.unsubscribe();
  expect(heard).toEqual([
    ["ctl.users", { partner_id: partner.id, user_ids: ["usr_1", "usr_2"] }],
    ["ctl.partners", { partner_id: partner.id }],
  ]);
});

const ask = (partnerId: string, expiresInMs = 10_000) =>
  insert({ kind: "test_webhook", partner_id: partnerId }, { partnerId }, expiresInMs);

const askLogin = (userId: string) => {
  const login = { login_username: "ann", login_password: "secret" };
  const server = { imap_host: null, imap_port: null, imap_security: null };
  return insert({ kind: "check_login", user_id: userId, ...login, ...server }, { userId });
};

async function insert(
  command: Command,
  of: { partnerId: string } | { userId: string },
  expiresInMs = 10_000,
): Promise<string> {
  const id = newId("cmd");
  await insertCommand(stack.db, {
    id,
    kind: command.kind,
    of,
    sealedRequest: await stack.vaults.mailbox.seal(requestRow(id), JSON.stringify(command)),
    expiresAt: new Date(Date.now() + expiresInMs),
  });
  return id;
}

async function answerTo(id: string): Promise<unknown> {
  const sealed = await eventually("an answer", async () => {
    const progress = await readAnswer(stack.db, id);
    return progress.step === "answered" ? progress.sealedAnswer : undefined;
  });
  return JSON.parse(await stack.vaults.partner.open(answerRow(id), sealed));
}

test("a test webhook is signed, posted once, and its answer shown", async () => {
  await using endpoint = await startEndpoint(() => ({ status: 418, body: "teapot" }));
  await using _relay = startRelay();
  const partner = await stack.newPartner({ newMailWebhook: endpoint.url });
  const answer = await answerTo(await ask(partner.id));
  expect(answer).toMatchObject({ result: "response", status: 418, answer: "teapot" });
  expect(endpoint.posted).toHaveLength(1);
  expect(isBodySignedBy(partner.apiKey, endpoint.posted[0]?.body ?? "")).toBe(true);
  const [posted] = endpoint.posted;
  if (!posted) throw new Error("nothing was posted");
  const { payload } = await verifyWebhook(posted, { secrets: [partner.webhookSecret] });
  expect(payload).toMatchObject({ kind: "test", test: true, user_tag: null });
});

test("a test webhook that cannot be sent shows the reason", async () => {
  await using slow = await startEndpoint(() => ({ status: 200, delayMs: 5_000 }));
  await using _relay = startRelay();
  const none = await stack.newPartner({ newMailWebhook: "" });
  const gone = await startEndpoint();
  await gone[Symbol.asyncDispose]();
  const address = gone.url.replace("//", "//me:secret@");
  const refused = await stack.newPartner({ newMailWebhook: address });
  const late = await stack.newPartner({ newMailWebhook: slow.url });
  expect(await answerTo(await ask(none.id))).toEqual({ result: "no_webhook" });
  expect(await answerTo(await ask(refused.id))).toMatchObject({ error: "connection refused" });
  expect(await answerTo(await ask(late.id))).toMatchObject({
    error: "the endpoint did not answer in time",
  });
});

test("slow test webhooks of one partner delay neither other partners nor its own other commands", async () => {
  const asked: string[] = [];
  const held = Promise.withResolvers<never>();
  held.promise.catch(() => undefined);
  const slow = await stack.newPartner({ newMailWebhook: "https://slow.example.com" });
  const other = await stack.newPartner({ newMailWebhook: "https://quick.example.com" });
  const [ofSlow, ofOther] = [await newWebhookUser(stack, slow), await newWebhookUser(stack, other)];
  const handlers: Partial<CommandHandlers> = {
    test_webhook({ partner_id }) {
      asked.push(partner_id);
      return partner_id === slow.id ? held.promise : Promise.resolve({ result: "no_webhook" });
    },
    check_login: () => Promise.resolve({ result: "accepted" }),
  };
  await Promise.all(Array.from({ length: 200 }, () => ask(slow.id)));
  {
    await using _relay = startRelay(handlers);
    using _end = { [Symbol.dispose]: () => held.reject(new Error("over")) };
    await eventually("the slow ones to be taken", () => (asked.length > 8 ? true : undefined));
    expect(await answerTo(await ask(other.id))).toEqual({ result: "no_webhook" });
    expect(await answerTo(await askLogin(ofOther.id))).toEqual({ result: "accepted" });
    expect(await answerTo(await askLogin(ofSlow.id))).toEqual({ result: "accepted" });
    expect(asked.filter((partnerId) => partnerId === slow.id).length).toBeLessThan(15);
    await stack.db.delete(commands);
  }
});

test("a command that has expired is not taken, and is forgotten", async () => {
  await using endpoint = await startEndpoint();
  const partner = await stack.newPartner({ newMailWebhook: endpoint.url });
  const id = await ask(partner.id, -1);
  await using _relay = startRelay();
  await eventually("it to go", async () =>
    (await stack.db.select().from(commands)).some((row) => row.id === id) ? undefined : true,
  );
  expect(endpoint.posted).toEqual([]);
});

// Takes at least 5 s, because a request that NATS never received fails after 5 s.
test(
  "the relay outlives PostgreSQL and NATS, with one warning each",
  { timeout: 60_000 },
  async () => {
    await using _relay = startRelay();
    const user = await newWebhookUser(stack, await stack.newPartner());
    const linesBefore = stack.log.lines.length;
    await stack.programs.postgres.stop();
    await eventually("a warning", () =>
      stack.log.lines.slice(linesBefore).find((line) => line.includes("outbox.failing")),
    );
    await stack.programs.postgres.start();
    await eventually("the recovery", () =>
      stack.log.lines.slice(linesBefore).find((line) => line.includes("outbox.recovered")),
    );
    await stack.programs.nats.stop();
    const event = await connectedEvent(user);
    await enqueueEvent(stack.db, event);
    await stack.programs.nats.start();
    await eventually(
      "the publication",
      async () => (await findOutboxRow(event.id))?.publishedAt ?? undefined,
    );
    const warnings = stack.log.lines
      .slice(linesBefore)
      .filter((line) => line.includes("outbox.failing"));
    expect(warnings.length).toBeLessThanOrEqual(2);
  },
);
