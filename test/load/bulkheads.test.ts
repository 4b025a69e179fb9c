import { createSecureContext } from "node:tls";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RecordGroups } from "../../fleet/mailbox/catch-up/recording/record-groups.ts";
import { insertCommand, readAnswer } from "../../db/fleet/commands.ts";
import { commands } from "../../db/fleet/tables.ts";
import { imapProviders, partnerConnections } from "../../db/partners/tables.ts";
import { revocations } from "../../db/removal/tables.ts";
import { users } from "../../db/users/tables.ts";
import { findNewestSweep } from "../../db/mail/sweeps.ts";
import { readingPlace } from "../../fleet/mailbox/catch-up/recording/record-batch.ts";
import { InputTurns } from "../../fleet/mailbox/imap/input/input-turns.ts";
import { connectImap } from "../../fleet/mailbox/imap/client-connection.ts";
import { connect, type ConnectDeps } from "../../fleet/mailbox/login/log-in.ts";
import { createLoginGate } from "../../fleet/mailbox/login/login-gate.ts";
import { type CommandHandlers, commandDesk } from "../../fleet/relay/answer-commands.ts";
import { createSweeps } from "../../fleet/sweep/sweeps.ts";
import { createRevoker } from "../../fleet/tokens/revoker.ts";
import { createTokens } from "../../fleet/tokens/tokens.ts";
import { systemClock } from "../../shared/clock.ts";
import { requestRow } from "../../shared/commands.ts";
import { newId } from "../../shared/ids.ts";
import { createPlaces } from "../../shared/concurrency/places.ts";
import { endlessRoom } from "../harness/endless-room.ts";
import { startEndpoint } from "../harness/network/endpoint.ts";
import { eventually } from "../harness/eventually.ts";
import { noCommands } from "../harness/no-commands.ts";
import { type RawServer, startRawServer } from "../harness/network/raw-server.ts";
import { newMailUser } from "../mailbox/mail-user.ts";
import { newDeliveringUser } from "../relay/delivering-user.ts";
import { type OauthStack, startOauthStack } from "../tokens/oauth-stack.ts";
import { newOauthUser } from "../tokens/oauth-user.ts";
import { moreUsers, newWebhookUser, publishMail } from "../webhook/published-mail.ts";
import { runRole } from "../webhook/running-role.ts";

/** The number of users, or of requests, that wait for a system that hangs. */
const CROWD = 5_000;
/** A deadline longer than any of these tests, so that it ends no hanging request. */
const LONG_MS = 60_000;
const timeouts = { connectMs: LONG_MS, greetingMs: LONG_MS, commandMs: LONG_MS, logoutMs: 1_000 };

let stack: OauthStack;
beforeAll(async () => {
  stack = await startOauthStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

/** Starts a server that accepts connections but sends nothing. */
const startTarpit = () => startRawServer(() => undefined);

/**
 * Starts an operation for each user of the crowd, and counts the operations that ended, with
 * success or failure.
 */
function begin(one: (i: number) => Promise<unknown>) {
  let ended = 0;
  const all = Array.from({ length: CROWD }, (_, i) =>
    one(i)
      .catch(() => undefined)
      .finally(() => ended++),
  );
  return { ended: () => ended, all: Promise.all(all) };
}

const untilHanging = ({ open }: RawServer, count: number) =>
  eventually(`${count} to hang`, () => (open() >= count ? true : undefined));

/** Inserts the crowd: users of one partner at a new provider. */
async function newCrowd(provider: Partial<typeof imapProviders.$inferInsert>) {
  const { db } = stack;
  const partner = await stack.newPartner();
  const [providerId, connectionId] = [newId("prv"), newId("con")];
  await db.insert(imapProviders).values({
    ...{ id: providerId, code: providerId.toUpperCase(), title: "Hangs", kind: "plain" },
    ...{ imapHost: "127.0.0.1", imapPort: 9, imapSecurity: "none" },
    ...provider,
  });
  const clientRow = `partner_connections/${connectionId}/oauth2_client_secret` as const;
  await db.insert(partnerConnections).values({
    ...{ id: connectionId, partnerId: partner.id, providerId, oauth2ClientId: "client" },
    sealedOauth2ClientSecret: await stack.vaults.partner.seal(clientRow, "secret"),
  });
  return {
    partnerId: partner.id,
    providerCode: providerId.toUpperCase(),
    connectionId,
    userIds: Array.from({ length: CROWD }, () => newId("usr")),
  };
}

test("logins to a server that never answers delay no login of another partner, nor at another host", async () => {
  await using tarpit = await startTarpit();
  const deps: ConnectDeps = {
    loginGate: createLoginGate({ clock: systemClock }, { ratePerS: 100_000 }, () => 1),
    logins: createPlaces(100),
    secureContext: createSecureContext(),
    turns: new InputTurns(systemClock),
  };
  const settings = { maxEmailSizeBytes: 1_024, allowsPrivateHosts: true, timeouts };
  const user = await newMailUser(stack);
  const { partnerId, server } = user.account;
  const credentials = { kind: "password", username: user.login, password: user.password } as const;
  const logIn = (target: { partnerId: string; port: number; host: string }, signal: AbortSignal) =>
    connect(
      deps,
      settings,
      { partnerId: target.partnerId, server: { ...server, ...target }, credentials },
      signal,
    );
  const stop = new AbortController();
  const hanging = { partnerId: "slow", host: "localhost", port: tarpit.port };
  const crowd = begin(() => logIn(hanging, stop.signal));
  await untilHanging(tarpit, 50);
  const good = { host: server.host, port: server.port };
  await using _other = await logIn({ partnerId, ...good }, stop.signal);
  await using _own = await logIn({ partnerId: "slow", ...good }, stop.signal);
  expect(crowd.ended()).toBe(0);
  expect(tarpit.open()).toBeLessThan(75);
  stop.abort();
  await crowd.all;
  expect(deps.logins).toMatchObject({ held: 0, waiting: 0 });
});

test("hanging reads delay no mail of another partner, nor of another host", async () => {
  const readers = createPlaces(16);
  const [slow, other] = [await newMailUser(stack), await newMailUser(stack)];
  const stop = new AbortController();
  const at = { ...slow.account, server: { ...slow.account.server, host: "hangs.example.com" } };
  const crowd = begin(() =>
    readingPlace({ readers, mayRead: () => true }, at, stop.signal).then(
      () => new Promise(() => undefined),
    ),
  );
  await using sessions = stack.openSessions({ readers });
  for (const user of [slow, other]) {
    sessions.watch(user.account);
    await user.watching();
    await stack.server.deliver(user.address, `Subject: Hello\r\n\r\nHello ${user.login}\r\n`);
    expect(await user.recorded(1)).toMatchObject([{ state: "queued" }]);
  }
  expect(crowd.ended()).toBe(0);
  expect(readers.waiting).toBeGreaterThan(CROWD - 16);
  stop.abort();
});

test("a token endpoint that hangs delays no token of another endpoint", async () => {
  const tarpit = await startTarpit();
  const slow = await newCrowd({ kind: "oauth2", oauthTokenUrl: tarpit.url });
  const { connectionId, partnerId, providerCode } = slow;
  const rows = await Promise.all(
    slow.userIds.map(async (id) => ({
      ...{ id, connectionId, tag: id, email: `${id}@example.com` },
      sealedRefreshToken: await stack.vaults.mailbox.seal(`users/${id}/refresh_token`, "token"),
    })),
  );
  for (let i = 0; i < CROWD; i += 500) await stack.db.insert(users).values(rows.slice(i, i + 500));
  const other = await newOauthUser(stack);
  const tokens = createTokens(
    {
      ...{ db: stack.db, log: stack.log, clock: systemClock },
      ...{ mailboxVault: stack.vaults.mailbox, partnerVault: stack.vaults.partner },
    },
    { timeoutMs: LONG_MS, concurrency: 16, renewalMarginMs: 300_000 },
  );
  const never = new AbortController().signal;
  const crowd = begin((i) =>
    tokens.refresh({ userId: slow.userIds[i] ?? "", partnerId, providerCode }, never),
  );
  await untilHanging(tarpit, 9);
  expect((await tokens.refresh(other, never)).value).not.toBe("");
  expect(crowd.ended()).toBe(0);
  const ended = tokens[Symbol.asyncDispose]();
  await tarpit[Symbol.asyncDispose]();
  await ended;
  await crowd.all;
});

test("hanging commands of one partner delay no command of another, nor its own other commands", async () => {
  const [slow, other] = [await stack.newPartner(), await stack.newPartner()];
  const hangs = Promise.withResolvers<never>();
  hangs.promise.catch(() => undefined);
  let hanging = 0;
  const handlers: CommandHandlers = {
    ...noCommands,
    test_webhook({ partner_id }) {
      if (partner_id !== slow.id) return Promise.resolve({ result: "no_webhook" });
      hanging++;
      return hangs.promise;
    },
  };
  const desk = commandDesk({
    ...{ db: stack.db, log: stack.log, handlers },
    ...{ mailboxVault: stack.vaults.mailbox, partnerVault: stack.vaults.partner },
  });
  const expiresAt = new Date(Date.now() + LONG_MS);
  const ask = async (partnerId: string, kind: "test_webhook" | "read_dead_letter") => {
    const id = newId("cmd");
    const letter = { event_id: "evt_1", as: "text" };
    const request = JSON.stringify({ kind, partner_id: partnerId, ...letter });
    const sealedRequest = await stack.vaults.mailbox.seal(requestRow(id), request);
    const of = { partnerId };
    await insertCommand(stack.db, { id, kind, of, sealedRequest, expiresAt });
    return id;
  };
  for (let i = 0; i < CROWD; i += 100)
    await Promise.all(Array.from({ length: 100 }, () => ask(slow.id, "test_webhook")));
  await desk.takeAll();
  const innocent = [
    await ask(other.id, "test_webhook"),
    await ask(other.id, "read_dead_letter"),
    await ask(slow.id, "read_dead_letter"),
  ];
  await desk.takeAll();
  for (const id of innocent) {
    await eventually("an answer", async () =>
      (await readAnswer(stack.db, id)).step === "answered" ? true : undefined,
    );
  }
  expect(hanging).toBeGreaterThan(8);
  expect(hanging).toBeLessThan(15);
  hangs.reject(new Error("over"));
  await desk.finish();
  await stack.db.delete(commands);
});

test("hanging sweeps of one partner delay no sweep of another", async () => {
  const slow = await newCrowd({});
  await stack.db.execute(sql`
    insert into users (id, connection_id, tag, login_username, sealed_login_password)
    select id, ${slow.connectionId}, id, 'ann', 'sealed'
    from jsonb_array_elements_text(${JSON.stringify(slow.userIds)}::jsonb) as id`);
  await using endpoint = await startEndpoint();
  const user = await newDeliveringUser(stack, endpoint);
  const { userId, server } = user.account;
  await using sessions = stack.openSessions();
  sessions.watch(user.account);
  await user.watching();
  await stack.db.execute(sql`
    insert into sweeps (id, user_id, since, until, redeliver)
    select 'swp_' || id, id, now() - interval '1 hour', now(), false
    from jsonb_array_elements_text(${JSON.stringify([...slow.userIds, userId])}::jsonb) as id`);
  let hanging = 0;
  const stop = new AbortController();
  const { login } = user.account;
  const sweeps = createSweeps(
    {
      ...{ bus: stack.bus, db: stack.db, log: stack.log, clock: systemClock, room: endlessRoom },
      recordGroups: new RecordGroups({ db: stack.db, clock: systemClock }),
      wantsNewMail: async () => true,
      mayRead: () => true,
      userIds: () => [...slow.userIds, userId],
      connect(account, signal) {
        const credentials = {
          kind: "password",
          username: login.username,
          password: user.password,
        } as const;
        const options = {
          secureContext: createSecureContext(),
          turns: new InputTurns(systemClock),
          maxLiteralBytes: 2 ** 21,
          timeouts,
        };
        if (account.userId === userId)
          return connectImap({ server, credentials, ...options }, signal);
        hanging++;
        return new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason)),
        );
      },
    },
    { intervalMs: LONG_MS, ratePerS: 1_000, maxEmailSizeBytes: 2 ** 20, parkedRetryMs: 500 },
  );
  const running = sweeps.run(stop.signal);
  await eventually("the sweep to end", async () =>
    (await findNewestSweep(stack.db, userId))?.state === "finished" ? true : undefined,
  );
  expect(hanging).toBeGreaterThan(0);
  expect(hanging).toBeLessThan(4);
  stop.abort();
  await running;
});

test("deliveries to an endpoint that hangs delay no delivery to another", async () => {
  const tarpit = await startTarpit();
  await using endpoint = await startEndpoint();
  const slow = await newWebhookUser(stack, await stack.newPartner({ newMailWebhook: tarpit.url }));
  const other = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  // A lane pulls only as many events as it may attempt at the same time. More events wait in the
  // stream.
  for (const user of await moreUsers(stack, slow, 100)) await publishMail(stack, user);
  const role = runRole(stack, {
    processConcurrency: 16,
    laneConcurrency: 100,
    attemptTimeoutMs: LONG_MS,
  });
  await untilHanging(tarpit, 12);
  await publishMail(stack, other);
  await eventually("the delivery", () => (endpoint.posted.length === 1 ? true : undefined));
  expect(tarpit.open()).toBe(12);
  const ended = role[Symbol.asyncDispose]();
  await tarpit[Symbol.asyncDispose]();
  await ended;
});

test("revocations at an endpoint that hangs delay no revocation at another", async () => {
  await using tarpit = await startTarpit();
  const userId = newId("usr");
  const sealedToken = await stack.vaults.mailbox.seal(`users/${userId}/refresh_token`, "token");
  const row = { userId, connectionId: "con_1", clientId: "client", sealedClientSecret: null };
  const rows = Array.from({ length: CROWD }, () => ({
    ...{ ...row, id: `rev_${crypto.randomUUID()}`, revokeUrl: tarpit.url, sealedToken },
    nextTryAt: new Date(0),
  }));
  for (let i = 0; i < CROWD; i += 500)
    await stack.db.insert(revocations).values(rows.slice(i, i + 500));
  const other = {
    ...row,
    id: `rev_${crypto.randomUUID()}`,
    revokeUrl: stack.oauth.endpoints.revoke,
    sealedToken,
  };
  await stack.db.insert(revocations).values(other);
  const stop = new AbortController();
  const asked = stack.oauth.counts().revoke;
  const revoker = createRevoker(
    {
      ...{ db: stack.db, log: stack.log, clock: systemClock },
      ...{ mailboxVault: stack.vaults.mailbox, partnerVault: stack.vaults.partner },
    },
    { intervalMs: 50, timeoutMs: LONG_MS, retryMs: LONG_MS },
  );
  const running = revoker.run(stop.signal);
  await untilHanging(tarpit, 6);
  await eventually("the other to be asked", () =>
    stack.oauth.counts().revoke > asked ? true : undefined,
  );
  expect(tarpit.open()).toBe(6);
  stop.abort();
  await running;
});
