import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { partners } from "../../db/partners/tables.ts";
import { runImport } from "./run-import.ts";
import { daysAgo, insertPartner, insertSourceUser } from "./superimap-rows.ts";
import { PASSWORD_LOGIN, useImport } from "./use-import.ts";

const { stack, source, run, readUser, countRows } = useImport();

test("a dry run prints the same and writes nothing", async () => {
  const partner = await insertPartner(source(), "Dry");
  const userId = await insertSourceUser(source(), partner, { ...PASSWORD_LOGIN, tag: "dry-1" });
  await insertSourceUser(source(), partner, { ...PASSWORD_LOGIN, tag: "DRY-1" });
  await source().insert("mail_logs", {
    user_id: userId,
    message_id: "<1@x>",
    created_at: daysAgo(1),
  });
  await source().insert("imap_daemon_heartbeats", { updated_at: daysAgo(0) });
  const before = await countRows();
  const { code, stdout, stderr } = await run(["--dry-run"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^Left out: users\/\d+: another living user of its connection has its tag$/,
  );
  expect(stdout).toContain("Provider DRY is new here");
  expect(stdout).toContain("users             1 new, 0 known");
  expect(stdout).toContain("mails remembered  1 new, 0 known");
  expect(stdout).toContain("Nothing was written");
  expect(await countRows()).toEqual(before);
});

test("rows that cannot be imported are listed with the reason, and are imported once they are fixed", async () => {
  const good = await insertPartner(source(), "Good", {
    partner: { user_connected_webhook: "http://good.example/" },
  });
  await insertSourceUser(source(), good, {
    ...PASSWORD_LOGIN,
    tag: "good-1",
    email: "one@example.com",
  });
  const broken = { login_username: "x", login_password: "U2FsdGVkX1/eLR/Nlq" };
  const brokenId = await insertSourceUser(source(), good, { ...broken, tag: "good-2" });
  await insertSourceUser(source(), good, { ...PASSWORD_LOGIN, tag: "GOOD-1" });
  await insertSourceUser(source(), good, {
    ...PASSWORD_LOGIN,
    tag: "good-3",
    email: "ONE@example.com",
  });
  const plain = await insertPartner(source(), "Unsafe", {
    partner: { new_mail_webhook: "http://unsafe.example/mail" },
  });
  await insertSourceUser(source(), plain, { ...PASSWORD_LOGIN, tag: "unsafe-1" });
  const open = await insertPartner(source(), "Open", { provider: { imap_use_ssl: false } });
  await insertSourceUser(source(), open, { ...PASSWORD_LOGIN, tag: "open-1" });
  await source().insert("delayed_jobs", { handler: "--- !ruby/object:CallNewMailWebhook" });

  const { code, stdout, stderr } = await run();
  expect(code).toBe(1);
  for (const words of [
    "(Good): its user_connected_webhook is left blank: it must be an address that begins with https://",
    `users/${brokenId}: its password does not decrypt`,
    "another living user of its connection has its tag",
    "another living user of its connection has its e-mail address",
    "(Unsafe): its new_mail_webhook must be an address that begins with https://; with it all its users",
    "its provider cannot be imported: it has no TLS",
    "with it 1 users",
    "delayed_jobs: 1 webhooks wait there",
  ]) {
    expect(stderr).toContain(words);
  }
  expect(`${stdout}${stderr}`).not.toMatch(/U2Fsd|correct horse|unsafe\.example|one@example/i);
  expect(stdout).toContain("left out          7");
  expect(await readUser("good-1")).toBeDefined();
  expect(await readUser("unsafe-1")).toBeUndefined();

  await source().query("update users set login_password = $1 where id = $2", [
    "plain text",
    brokenId,
  ]);
  const again = await run(["--allow-plain-http"]);
  expect(again.stdout).toContain("users             2 new, 1 known");
  const [marked] = await stack().db.select().from(partners).where(eq(partners.name, "Unsafe"));
  expect(marked).toMatchObject({ allowPlainHttp: true });
});

test("a partner whose key belongs to another partner here is left out", async () => {
  const { partnerId } = await insertPartner(source(), "Original");
  expect((await run()).code).toBe(0);
  await source().query("update partners set id = id + 100 where id = $1", [partnerId]);
  expect((await run()).stderr).toContain("its API key is another partner's here");
  await source().query("update partners set id = id - 100, api_key = 'another-key-entirely'");
  expect((await run()).stderr).toContain("it has another API key than the partner that it became");
});

test.each([
  ["no key", { SUPERIMAP_ENCRYPTION_KEY: undefined }, "set SUPERIMAP_ENCRYPTION_KEY to"],
  [
    "a wrong key",
    { SUPERIMAP_ENCRYPTION_KEY: "hunter2" },
    "is a different key, it decrypts 0 of 1",
  ],
  ["no keys of ours", { MAILBOX_PRIVATE_KEYS: "" }, "MAILBOX_PRIVATE_KEYS is missing"],
])("with %s nothing is imported", async (_, env, words) => {
  await insertSourceUser(source(), await insertPartner(source(), "Keys"), {
    ...PASSWORD_LOGIN,
    tag: "keys-1",
  });
  const before = await countRows();
  const { code, stdout, stderr } = await run([], { env });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(words);
  expect(stderr).not.toContain("hunter2");
  expect(await countRows()).toEqual(before);
});

test("a running SuperIMAP is not replaced", async () => {
  await insertPartner(source(), "Running");
  await source().query(
    "insert into imap_daemon_heartbeats (updated_at) values (now() at time zone 'utc' - interval '5 s')",
  );
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^Cannot import: SuperIMAP is running, its last heartbeat was \d+ s ago; stop it/,
  );
  await source().query(
    "update imap_daemon_heartbeats set updated_at = updated_at - interval '2 min'",
  );
  expect((await run()).code).toBe(0);
});

test.each([
  ["our own database", () => stack().address.url, "--from names a database of this product"],
  ["none", () => "postgres://u:hunter2@127.0.0.1:1/x", "Cannot open SuperIMAP's database: "],
  ["no address", () => "hunter2", "SUPERIMAP_DATABASE_URL must be an address that begins with"],
])("--from with %s is refused in words", async (_, url, words) => {
  const { code, stdout, stderr } = await runImport(stack(), ["--from", url()]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(words);
  expect(stderr).not.toContain("hunter2");
});

test("a database that only looks like a SuperIMAP's is refused in words", async () => {
  await source().query("drop table mail_logs");
  const { code, stderr } = await run();
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: "Cannot import: --from is not a SuperIMAP database, it has no mail_logs.sha1",
  });
});

test.each([
  [["--days", "0"], "DAYS must be a whole number from 1 to 365"],
  [["--everything"], "--everything"],
])("%j is refused in words", async (args, words) => {
  const { code, stderr } = await run(args);
  expect(code).toBe(1);
  expect(stderr).toContain(words);
});
