import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import {
  apiKeys,
  imapProviders,
  imports,
  partnerConnections,
  partners,
} from "../../db/partners/tables.ts";
import { seen } from "../../db/mail/tables.ts";
import { users } from "../../db/users/tables.ts";
import { ENCRYPTED } from "./superimap-database.ts";
import { daysAgo, insertPartner, insertSourceUser } from "./superimap-rows.ts";
import { PASSWORD_LOGIN, useImport } from "./use-import.ts";

const { stack, source, run, readUser, countRows } = useImport();

test("all data of a partner is imported, with its secrets sealed for our rows", async () => {
  const partner = await insertPartner(source(), "Over", {
    partner: { success_url: "https://a.example/ok" },
  });
  const userId = await insertSourceUser(source(), partner, {
    ...PASSWORD_LOGIN,
    tag: "over-1",
    email: "Over@example.com",
    enable_tracer: true,
    last_uid: 12,
    last_uid_validity: "99",
    last_internal_date: "2026-11-20 10:00:00",
    connected_at: "2015-02-04 00:00:00",
  });
  await insertSourceUser(source(), partner, { tag: "over-old", archived: true });
  const log = { user_id: userId, message_id: "<1@x>", sha1: "a".repeat(40) };
  await source().insert("mail_logs", { ...log, created_at: daysAgo(2) });
  await source().insert("mail_logs", { ...log, created_at: daysAgo(40) });

  const { code, stderr, stdout } = await run();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("partners          1 new, 0 known");
  expect(stdout).toContain("users             2 new, 0 known");
  expect(stdout).toContain("mails remembered  1 new, 0 known");
  const [ours] = await stack().db.select().from(partners).where(eq(partners.name, "Over"));
  expect(ours).toMatchObject({
    newMailWebhook: "https://partner.example/mail",
    successUrl: "https://a.example/ok",
    createdAt: new Date("2015-01-01T00:00:00Z"),
  });
  const [key] = await stack()
    .db.select()
    .from(apiKeys)
    .where(eq(apiKeys.partnerId, ours?.id ?? ""));
  expect(key).toMatchObject({ prefix: partner.apiKey.slice(0, 4), signing: true });
  const row = `api_keys/${key?.id ?? ""}/key` as const;
  expect(await stack().vaults.partner.open(row, key?.sealedKey ?? "")).toBe(partner.apiKey);

  const user = await readUser("over-1");
  expect(user).toMatchObject({
    email: "Over@example.com",
    loginUsername: "alice",
    state: "new",
    enableTracer: true,
    connectedAt: new Date("2015-02-04T00:00:00Z"),
    createdAt: new Date("2015-02-03T04:05:06Z"),
  });
  const password = `users/${user?.id ?? ""}/login_password` as const;
  expect(await stack().vaults.mailbox.open(password, user?.sealedLoginPassword ?? "")).toBe(
    "correct horse",
  );
  expect(await readUser("over-old")).toMatchObject({
    state: "archived",
    sealedLoginPassword: null,
  });
});

test("an OAuth client and a refresh token are imported", async () => {
  const partner = await insertPartner(source(), "Gmail", {
    provider: {
      type: "Oauth2::ImapProvider",
      code: "GMAIL_OAUTH2",
      imap_host: "imap.gmail.com",
    },
  });
  await source().query(
    "update partner_connections set oauth2_client_id = 'client', oauth2_client_secret = $1",
    [ENCRYPTED["correct horse"]],
  );
  // The token is not encrypted: it is from a time when SuperIMAP had no encryption key.
  const token = { oauth2_refresh_token: "1/token", email: "g@gmail.com" };
  await insertSourceUser(source(), partner, {
    tag: "gmail-1",
    ...token,
    last_uid: 3,
    last_uid_validity: "1",
  });
  expect(await run()).toMatchObject({ code: 0, stderr: "" });
  const user = await readUser("gmail-1");
  const [connection] = await stack()
    .db.select()
    .from(partnerConnections)
    .where(eq(partnerConnections.id, user?.connectionId ?? ""));
  expect(connection).toMatchObject({ providerId: "prv_gmail_oauth2", oauth2ClientId: "client" });
  const secret = `partner_connections/${connection?.id ?? ""}/oauth2_client_secret` as const;
  const sealed = connection?.sealedOauth2ClientSecret ?? "";
  expect(await stack().vaults.partner.open(secret, sealed)).toBe("correct horse");
  const row = `users/${user?.id ?? ""}/refresh_token` as const;
  expect(await stack().vaults.mailbox.open(row, user?.sealedRefreshToken ?? "")).toBe("1/token");
});

test("a second run adds new rows, and does not touch rows that were changed or removed here", async () => {
  const partner = await insertPartner(source(), "Twice");
  const first = await insertSourceUser(source(), partner, { ...PASSWORD_LOGIN, tag: "twice-1" });
  await insertSourceUser(source(), partner, { ...PASSWORD_LOGIN, tag: "twice-2" });
  await source().insert("mail_logs", {
    user_id: first,
    message_id: "<1@x>",
    created_at: daysAgo(1),
  });
  expect((await run()).code).toBe(0);
  await stack().db.update(partners).set({ name: "Renamed" }).where(eq(partners.name, "Twice"));
  await stack().db.update(users).set({ tag: "changed" }).where(eq(users.tag, "twice-1"));
  await stack().db.delete(users).where(eq(users.tag, "twice-2"));
  await insertSourceUser(source(), partner, { ...PASSWORD_LOGIN, tag: "twice-3" });
  await source().insert("mail_logs", {
    user_id: first,
    message_id: "<2@x>",
    created_at: daysAgo(0),
  });

  const { code, stderr, stdout } = await run();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("partners          0 new, 1 known");
  expect(stdout).toContain("users             1 new, 2 known");
  expect(stdout).toContain("mails remembered  1 new, 1 known");
  expect(await readUser("twice-1")).toBeUndefined();
  expect(await readUser("twice-2")).toBeUndefined();
  const changed = await readUser("changed");
  expect(
    await stack()
      .db.select()
      .from(seen)
      .where(eq(seen.userId, changed?.id ?? "")),
  ).toHaveLength(2);
  const before = await countRows();
  expect((await run()).stdout).toContain("users             0 new, 3 known");
  expect(await countRows()).toEqual(before);
});

test("more users and mails than fit into one transaction are imported", async () => {
  const partner = await insertPartner(source(), "Many");
  await source().query(
    `insert into users (partner_connection_id, tag, created_at)
     select $1, 'many-' || n, now() from generate_series(1, 120) n`,
    [partner.connectionId],
  );
  await source().query(
    `insert into mail_logs (user_id, message_id, created_at)
     select (select min(id) from users), '<' || n || '@x>', now() at time zone 'utc' from generate_series(1, 4500) n`,
  );
  const { code, stdout } = await run();
  expect(code).toBe(0);
  expect(stdout).toContain("MANY: 100 users");
  expect(stdout).toContain("users             120 new, 0 known");
  expect(stdout).toContain("mails remembered  4500 new, 0 known");
});

test("a stopped import continues where it stopped", async () => {
  const partner = await insertPartner(source(), "Stopped");
  await source().query(
    `insert into users (partner_connection_id, tag, created_at)
     select $1, 'stopped-' || n, now() from generate_series(1, 70) n`,
    [partner.connectionId],
  );
  const { code, stderr } = await run([], { stopAt: "STOPPED: 50 users" });
  expect({ code, stderr }).toEqual({ code: 1, stderr: "Stopped; run it again for the rest" });
  expect((await run()).stdout).toContain("users             20 new, 50 known");
});

test("one partner is chosen by its name or its id", async () => {
  const one = await insertPartner(source(), "Chosen");
  await insertPartner(source(), "Other");
  const named = await run(["--partner", "Chosen"]);
  expect(named.stdout).toContain("partners          1 new, 0 known");
  const numbered = await run(["--partner", String(one.partnerId)]);
  expect(numbered.stdout).toContain("partners          0 new, 1 known");
  const none = await run(["--partner", "Nobody"]);
  expect(none).toMatchObject({ code: 1, stdout: "" });
  expect(none.stderr).toBe("Cannot import Nobody: SuperIMAP has no partner of that name or id");
});

test("an import does not write to its source", async () => {
  await insertPartner(source(), "Reader");
  await source().query(
    `alter database ${new URL(source().url).pathname.slice(1)} set default_transaction_read_only = on`,
  );
  expect((await run()).code).toBe(0);
  const found = await stack().db.select().from(imports);
  expect(found.some(({ source: name }) => source().url.endsWith(name))).toBe(true);
  const [made] = await stack()
    .db.select()
    .from(imapProviders)
    .where(eq(imapProviders.code, "READER"));
  expect(made).toMatchObject({ imapHost: "imap.example.com", imapSecurity: "tls" });
});
