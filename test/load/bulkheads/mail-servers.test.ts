import { createSecureContext } from "node:tls";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RecordGroups } from "../../../fleet/mailbox/catch-up/recording/record-groups.ts";
import { findNewestSweep } from "../../../db/mail/sweeps.ts";
import { readingPlace } from "../../../fleet/mailbox/catch-up/recording/record-batch.ts";
import { InputTurns } from "../../../fleet/mailbox/imap/input/input-turns.ts";
import { connectImap } from "../../../fleet/mailbox/imap/client-connection.ts";
import { connect, type ConnectDeps } from "../../../fleet/mailbox/login/log-in.ts";
import { createLoginGate } from "../../../fleet/mailbox/login/login-gate.ts";
import { createSweeps } from "../../../fleet/sweep/sweeps.ts";
import { systemClock } from "../../../shared/clock.ts";
import { createPlaces } from "../../../shared/concurrency/places.ts";
import { endlessQuota } from "../../harness/endless-quota.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { newMailUser } from "../../mailbox/mail-user.ts";
import { newDeliveringUser } from "../../relay/delivering-user.ts";
import { type OauthStack, startOauthStack } from "../../tokens/oauth-stack.ts";
import { beginAll, CROWD, LONG_MS, newCrowd, startTarpit, untilHanging } from "./crowd.ts";

const timeouts = { connectMs: LONG_MS, greetingMs: LONG_MS, commandMs: LONG_MS, logoutMs: 1_000 };

let stack: OauthStack;
beforeAll(async () => {
  stack = await startOauthStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

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
  const crowd = beginAll(() => logIn(hanging, stop.signal));
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
  const crowd = beginAll(() =>
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

test("hanging sweeps of one partner delay no sweep of another", async () => {
  const slow = await newCrowd(stack, {});
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
      ...{ bus: stack.bus, db: stack.db, log: stack.log, clock: systemClock, quota: endlessQuota },
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
