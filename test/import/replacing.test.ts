import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findPartnerSettings } from "../../db/partners/partner-settings.ts";
import { partners } from "../../db/partners/tables.ts";
import { users } from "../../db/users/tables.ts";
import { readWatchedUsers } from "../../db/users/watched-users.ts";
import { edgeUrl, startEdge } from "../../dev/servers/edge.ts";
import { toAccount } from "../../fleet/mailbox/login/to-account.ts";
import { createApiCaller } from "../harness/api-caller.ts";
import { startInHouse } from "../harness/mail-servers/in-house-mail-server.ts";
import { appendMail, openInbox } from "../harness/mail-servers/mail-client.ts";
import type { MailAccount } from "../harness/mail-servers/mail-server.ts";
import { observeUser } from "../mailbox/observe-user.ts";
import { type SessionStack, startSessionStack } from "../mailbox/session-stack.ts";
import { runImport } from "./run-import.ts";
import { ENCRYPTED, newSuperimapDatabase, type SuperimapDatabase } from "./superimap-database.ts";
import { insertPartner, insertSourceUser, type SuperimapPartner } from "./superimap-rows.ts";

let stack: SessionStack;
let source: SuperimapDatabase;
let partner: SuperimapPartner;
const opened = new AsyncDisposableStack();
beforeAll(async () => {
  stack = opened.use(await startSessionStack(startInHouse));
  source = opened.use(await newSuperimapDatabase(stack.databaseUrl));
  partner = await insertPartner(source, "Replaced", {
    provider: { code: "EXAMPLE", imap_host: stack.server.host, imap_port: stack.server.tlsPort },
  });
});
afterAll(() => opened.disposeAsync());

const PASSWORD = 'pass "1" ü';
const mail = (n: number) =>
  `From: bob@example.com\r\nMessage-ID: <${n}@example.com>\r\nSubject: ${n}\r\n\r\nHello ${n}\r\n`;

/** Creates a SuperIMAP user with three mails. SuperIMAP has read all three. */
async function newSuperimapUser(tag: string): Promise<{ account: MailAccount; userId: number }> {
  const account = { login: tag, password: PASSWORD, address: `${tag}@example.com` };
  await stack.server.addAccount(account);
  for (const n of [1, 2, 3]) await appendMail(stack.server, account, mail(n));
  await using inbox = await openInbox(stack.server, account);
  const uidValidity = inbox.mailbox ? inbox.mailbox.uidValidity : 0n;
  const userId = await insertSourceUser(source, partner, {
    tag,
    email: account.address,
    login_username: account.login,
    login_password: ENCRYPTED[PASSWORD],
    last_uid: 3,
    last_uid_validity: String(uidValidity),
    last_internal_date: new Date().toISOString(),
  });
  return { account, userId };
}

/** Inserts SuperIMAP's log entry of a mail. The entry has a Message-ID, a SHA-1 or both. */
const insertLog = (userId: number, names: { message_id?: string; sha1?: string }) =>
  source.insert("mail_logs", { user_id: userId, created_at: new Date().toISOString(), ...names });

async function runHere(): Promise<void> {
  const address = { url: stack.databaseUrl };
  const { code, stderr } = await runImport({ context: stack.context, address }, [
    "--from",
    source.url,
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}

/** Returns an imported user as the fleet reads it from our database. */
async function watchedUser(tag: string) {
  const [user] = await stack.db.select().from(users).where(eq(users.tag, tag));
  const [row] = await readWatchedUsers(stack.db, [user?.id ?? ""]);
  const account = row && toAccount(row);
  if (!account) throw new Error(`Nobody would watch ${tag}`);
  return { account, ...observeUser(stack, account) };
}

const readSubjects = async (user: Awaited<ReturnType<typeof watchedUser>>) =>
  (await user.events()).map(({ envelope }) => envelope?.subject);

test("old mail is not delivered again, by its UID alone, and new mail is", async () => {
  const { account } = await newSuperimapUser("goes-on");
  await runHere();
  await appendMail(stack.server, account, mail(4));
  const user = await watchedUser("goes-on");
  await using sessions = stack.openSessions();
  sessions.watch(user.account);
  await user.watching();
  await appendMail(stack.server, account, mail(5));
  await user.recorded(2);
  expect(await readSubjects(user)).toEqual(["4", "5"]);
  expect(await user.resets()).toEqual([]);
});

test("under another UIDVALIDITY mail is known by its Message-ID or its text, and the rest delivered", async () => {
  const { account, userId } = await newSuperimapUser("numbered-anew");
  await insertLog(userId, { message_id: "<1@example.com>" });
  await insertLog(userId, { message_id: "<2@example.com>" });
  // SuperIMAP made up this Message-ID, so the fleet can recognise the third mail only by its SHA-1.
  const sha1 = createHash("sha1").update(mail(3)).digest("hex");
  await insertLog(userId, { message_id: "numbered-anew@example.com - 3 - made up", sha1 });
  await runHere();
  await stack.server.resetUidValidity(account.address);
  await appendMail(stack.server, account, mail(4));
  const user = await watchedUser("numbered-anew");
  await using sessions = stack.openSessions();
  sessions.watch(user.account);
  await user.recorded(4);
  expect(await readSubjects(user)).toEqual(["4"]);
  const reasons = (await user.recorded(4)).map(({ reason }) => reason);
  expect(reasons).toEqual(["duplicate_message_id", "duplicate_message_id", "duplicate_sha1", null]);
});

test("the partner's programs continue to work: its API key works at the edge and signs webhooks", async () => {
  await newSuperimapUser("by-api");
  await runHere();
  opened.use(await startEdge(stack.context));
  const call = createApiCaller(edgeUrl(stack.context), partner.apiKey);
  const connections = await call("GET", "/connections");
  expect(connections.body).toMatchObject([{ imap_provider_code: "EXAMPLE" }]);
  const user = await call("GET", "/connections/EXAMPLE/users/by-api");
  expect(user).toMatchObject({ status: 200, body: { tag: "by-api" } });
  const [found] = await stack.db.select().from(partners).where(eq(partners.name, "Replaced"));
  const settings = await findPartnerSettings(stack.db, found?.id ?? "");
  const row = `api_keys/${settings?.apiKeyId ?? ""}/key` as const;
  const signing = await stack.vaults.partner.open(row, settings?.sealedApiKey ?? "");
  expect(signing).toBe(partner.apiKey);
  const wrong = createApiCaller(edgeUrl(stack.context), `${partner.apiKey}x`);
  expect(await wrong("GET", "/connections")).toMatchObject({ status: 401 });
});
