import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { updateConnection } from "../../db/partners/connections.ts";
import { imapProviders, partnerConnections } from "../../db/partners/tables.ts";
import { users } from "../../db/users/tables.ts";
import { readWatchedUsers } from "../../db/users/watched-users.ts";
import { toAccount } from "../../fleet/mailbox/login/to-account.ts";
import { newId } from "../../shared/ids.ts";
import { eventually } from "../harness/eventually.ts";
import { startHidingProxy } from "../harness/network/hiding-proxy.ts";
import { startInHouse } from "../harness/mail-servers/in-house-mail-server.ts";
import { observeUser } from "../mailbox/observe-user.ts";
import { type SessionStack, startSessionStack } from "../mailbox/session-stack.ts";
import { type Oauth1Server, startOauth1Server } from "../oauth1-server/oauth1-server.ts";

let stack: SessionStack;
let oauth1: Oauth1Server;
const emails = ["ann@example.com", "bea@example.com", "cat@example.com"];
const opened = new AsyncDisposableStack();
beforeAll(async () => {
  oauth1 = opened.use(await startOauth1Server({ accounts: emails }));
  stack = opened.use(
    await startSessionStack((certificates) =>
      startInHouse(certificates, { oauth1: { check: oauth1.checkXoauth } }),
    ),
  );
});
afterAll(() => opened.disposeAsync());

async function newOauth1User(email: string, port: number) {
  const { db, server, vaults } = stack;
  await server.addAccount({ login: email, password: "unused", address: email });
  const partner = await stack.newPartner();
  const [providerId, connectionId, userId] = [newId("prv"), newId("con"), newId("usr")];
  await db.insert(imapProviders).values({
    id: providerId,
    code: providerId.toUpperCase(),
    title: "Test",
    kind: "oauth1",
    imapHost: server.host,
    imapPort: port,
    imapSecurity: "none",
    saslMechanism: "XOAUTH",
  });
  const secretRow = `partner_connections/${connectionId}/oauth1_consumer_secret` as const;
  await db.insert(partnerConnections).values({
    id: connectionId,
    partnerId: partner.id,
    providerId,
    oauth1ConsumerKey: oauth1.consumer.key,
    sealedOauth1ConsumerSecret: await vaults.partner.seal(secretRow, oauth1.consumer.secret),
  });
  const token = JSON.stringify(oauth1.grantToken(email));
  await db.insert(users).values({
    id: userId,
    connectionId,
    tag: email,
    email,
    sealedOauth1Token: await vaults.mailbox.seal(`users/${userId}/oauth1_token`, token),
    credentialsAt: new Date(),
  });
  const account = await readAccount(userId);
  return { account, ...observeUser(stack, account) };
}

/** Returns the account as a session would get it now. */
async function readAccount(userId: string) {
  const [row] = await readWatchedUsers(stack.db, [userId]);
  const account = row && toAccount(row);
  if (!account) throw new Error("The user is not watched");
  return account;
}

test.each([
  ["with its command", [], "ann@example.com"],
  ["after the server's +", ["SASL-IR"], "bea@example.com"],
])("XOAUTH goes %s, and a token that is taken back is refused", async (_name, hidden, email) => {
  await using proxy = await startHidingProxy(stack.server, hidden);
  const user = await newOauth1User(email, proxy.port);
  await using sessions = stack.openSessions();
  sessions.watch(user.account);
  await user.watching();
  await stack.server.deliver(email, "Subject: Hello\r\n\r\nHello\r\n");
  await user.recorded(1);

  oauth1.withdraw(email);
  await stack.server.disconnect(email);
  await eventually("the token to be refused", async () =>
    (await user.state()).state === "auth_failed" ? true : undefined,
  );
  expect(await user.state()).toEqual({ state: "auth_failed", reason: "consent_withdrawn" });
  const [row] = await stack.db.select().from(users).where(eq(users.id, user.account.userId));
  expect(row?.incidentAt).not.toBeNull();
});

test("a corrected consumer secret is used immediately, whatever the current pause", async () => {
  const user = await newOauth1User("cat@example.com", stack.server.port);
  const { userId, login } = user.account;
  const connectionId = login.kind === "oauth1" ? login.connectionId : "";
  const secretRow = `partner_connections/${connectionId}/oauth1_consumer_secret` as const;
  const setSecret = async (secret: string) =>
    updateConnection(stack.db, connectionId, {
      sealedOauth1ConsumerSecret: await stack.vaults.partner.seal(secretRow, secret),
    });
  await setSecret("mistyped");
  await using sessions = stack.openSessions();
  sessions.watch(await readAccount(userId));
  await eventually("the login to be refused", async () =>
    (await user.state()).state === "auth_failed" ? true : undefined,
  );
  // Corrects the secret and passes it to the session, which would otherwise retry only after a
  // minute.
  await setSecret(oauth1.consumer.secret);
  sessions.watch(await readAccount(userId));
  await user.watching();
});
