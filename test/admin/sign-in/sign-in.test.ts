import { expect, test } from "vitest";
import { hashPassword } from "../../../db/admin/password-hash.ts";
import { PASSWORD, useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const REFUSED = { status: 401, body: { code: "sign-in-refused" } };
const SIGNED_OUT = { status: 401, body: { code: "sign-in-required" } };

/** Makes the lock of the admin's account end earlier by this interval. */
const moveLock = (id: string, interval: string) =>
  query("update admin_users set locked_until = locked_until - $2::interval where id = $1", [
    id,
    interval,
  ]);

async function tryWrong(email: string, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    expect(await admin.newBrowser().signIn(email, { password: `wrong ${n}` })).toMatchObject(
      REFUSED,
    );
  }
}

test("an admin signs in, sees its account, and signs out", async () => {
  const { id, email } = await admin.newAdmin();
  const browser = admin.newBrowser();
  expect(await browser.call("GET", "/session")).toMatchObject(SIGNED_OUT);
  const signedIn = await browser.signIn(email.toUpperCase());
  const who = {
    admin: { id, email, password: "chosen", totp: false, locked_until: null },
    default_password: false,
    must_change_password: false,
  };
  expect(signedIn).toMatchObject({ status: 201, body: who });
  expect(await browser.call("GET", "/session")).toMatchObject({ status: 200, body: who });
  const kept = browser.cookie;
  expect((await browser.call("DELETE", "/session")).status).toBe(204);
  expect(browser.cookie).toBe("");
  browser.cookie = kept;
  expect(await browser.call("GET", "/session")).toMatchObject(SIGNED_OUT);
});

test("the cookie is for this host, this site and HTTPS only, ends with the browser, and is kept as a hash", async () => {
  const { email } = await admin.newAdmin();
  const browser = admin.newBrowser();
  const { headers, text } = await browser.signIn(email);
  const [cookie = ""] = headers.getSetCookie();
  expect(cookie).toMatch(
    /^__Host-superimap_admin=\w{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );
  const token = browser.cookie.split("=")[1] ?? "";
  expect(text).not.toContain(token);
  const rows = await query("select * from admin_sessions");
  expect(JSON.stringify(rows)).not.toContain(token);
  expect(await admin.stack().log()).not.toContain(token);
});

test("each sign-in gives another cookie", async () => {
  const { email } = await admin.newAdmin();
  const [one, two] = [admin.newBrowser(), admin.newBrowser()];
  await one.signIn(email);
  await two.signIn(email);
  expect(one.cookie).not.toBe(two.cookie);
});

test("a wrong password, an unknown account and a locked one are answered alike", async () => {
  const { email } = await admin.newAdmin();
  const locked = await admin.newAdmin();
  await tryWrong(locked.email, 3);
  const answers = await Promise.all([
    admin.newBrowser().signIn(email, { password: "wrong" }),
    admin.newBrowser().signIn("nobody@example.com"),
    admin.newBrowser().signIn("not an address"),
    admin.newBrowser().signIn(locked.email),
  ]);
  const [first, ...others] = answers.map(({ status, text, headers }) => [
    status,
    { ...(JSON.parse(text) as object), request_id: "" },
    [...headers].filter(([name]) => !/^(x-request-id|date)$/.test(name)),
  ]);
  expect(first?.[0]).toBe(401);
  for (const other of others) expect(other).toEqual(first);
});

test("an unknown account takes as long as a wrong password", async () => {
  const { id, email } = await admin.newAdmin();
  // Other tests use cheap hashes. This hash costs as much as in production.
  const hash = await hashPassword(PASSWORD);
  await query("update admin_users set password_hash = $2 where id = $1", [id, hash]);
  const timeSignIn = async (address: string) => {
    const start = performance.now();
    await admin.newBrowser().signIn(address, { password: "wrong" });
    return performance.now() - start;
  };
  const known = [await timeSignIn(email), await timeSignIn(email), await timeSignIn(email)];
  const unknown = [await timeSignIn("nobody@example.com"), await timeSignIn("none@example.com")];
  // If the server computed no hash for an unknown account, it would answer 20 times faster.
  expect(Math.max(...unknown)).toBeGreaterThan(Math.min(...known) / 4);
});

test("three wrong tries lock an account for an hour, and its sessions continue", async () => {
  const { id, email, browser } = await admin.signedIn();
  await tryWrong(email, 3);
  expect(await admin.newBrowser().signIn(email)).toMatchObject(REFUSED);
  expect(await browser.call("GET", "/session")).toMatchObject({ status: 200 });
  await moveLock(id, "59 minutes");
  expect(await admin.newBrowser().signIn(email)).toMatchObject(REFUSED);
  await moveLock(id, "2 minutes");
  expect(await browser.call("GET", "/session")).toMatchObject({ status: 200 });
  expect((await admin.newBrowser().signIn(email)).status).toBe(201);
  const locked = await query(
    "select actor, action from audit_log where subject_id = $1 and action = 'admin.locked'",
    [id],
  );
  expect(locked).toEqual([{ actor: "sign_in", action: "admin.locked" }]);
});

test("an expired lock resets the count", async () => {
  const { id, email } = await admin.newAdmin();
  await tryWrong(email, 3);
  await moveLock(id, "61 minutes");
  await tryWrong(email, 2);
  expect((await admin.newBrowser().signIn(email)).status).toBe(201);
});

test("a sign-in forgets the wrong tries before it", async () => {
  const { email } = await admin.newAdmin();
  await tryWrong(email, 2);
  expect((await admin.newBrowser().signIn(email)).status).toBe(201);
  await tryWrong(email, 2);
  expect((await admin.newBrowser().signIn(email)).status).toBe(201);
});

test("three of ten concurrent wrong tries are checked, and the account is locked", async () => {
  const { id, email } = await admin.newAdmin();
  const tries = Array.from({ length: 10 }, (_, n) =>
    admin.newBrowser().signIn(email, { password: `wrong ${n}` }),
  );
  for (const answer of await Promise.all(tries)) expect(answer).toMatchObject(REFUSED);
  const [row] = await query(
    "select failed_tries, locked_until > now() + interval '59 minutes' as locked from admin_users where id = $1",
    [id],
  );
  expect(row).toEqual({ failed_tries: 3, locked: true });
  expect(await admin.newBrowser().signIn(email)).toMatchObject(REFUSED);
});

test.each([
  ["email", { password: PASSWORD }, "is missing"],
  ["email", { email: "", password: PASSWORD }, "must not be blank"],
  ["email", { email: 7, password: PASSWORD }, "must be a string"],
  ["email", { email: "a\u0000b", password: PASSWORD }, "control characters"],
  ["email", { email: "x".repeat(255), password: PASSWORD }, "at most 254"],
  ["password", { email: "a@b.test" }, "is missing"],
  ["password", { email: "a@b.test", password: "" }, "must not be empty"],
  ["password", { email: "a@b.test", password: "x".repeat(1_001) }, "at most 1000"],
  ["code", { email: "a@b.test", password: PASSWORD, code: 7 }, "must be a string"],
  [
    "remember_me",
    { email: "a@b.test", password: PASSWORD, remember_me: true },
    "not a known field",
  ],
])("a wrong %s is named (case %#)", async (field, body, detail) => {
  const answer = await admin.newBrowser().call("POST", "/session", { body });
  const fault = { pointer: `/${field}`, detail: expect.stringContaining(detail) };
  expect(answer).toMatchObject({ status: 422, body: { code: "invalid-input", errors: [fault] } });
  expect(answer.text).not.toContain(PASSWORD);
});

test("no password, right or wrong, comes into the log or the audit log", async () => {
  const { email } = await admin.newAdmin();
  await admin.newBrowser().signIn(email, { password: "hunter2 hunter2" });
  await admin.newBrowser().signIn(email);
  const log = await admin.stack().log();
  const audit = JSON.stringify(await query("select * from audit_log"));
  for (const text of [log, audit]) expect(text).not.toMatch(/hunter2|correct horse/);
  expect(log).toContain('"event":"sign_in.refused"');
});
