import { expect, test } from "vitest";
import type { AdminBrowser } from "../admin-browser.ts";
import { PASSWORD, type TestAdmin, useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const ANOTHER = "a quite different owl";
const SIGNED_OUT = { status: 401, body: { code: "sign-in-required" } };

const change = (browser: AdminBrowser, old_password: string, new_password: string) =>
  browser.call("POST", "/password", { body: { old_password, new_password } });

async function secondBrowser({ email }: TestAdmin): Promise<AdminBrowser> {
  const browser = admin.newBrowser();
  await browser.signIn(email);
  return browser;
}

test("after a change only the new password works, and other sessions end", async () => {
  const one = await admin.signedIn();
  const elsewhere = await secondBrowser(one);
  expect((await change(one.browser, PASSWORD, ANOTHER)).status).toBe(204);
  expect((await one.browser.call("GET", "/session")).status).toBe(200);
  expect(await elsewhere.call("GET", "/session")).toMatchObject(SIGNED_OUT);
  expect((await admin.newBrowser().signIn(one.email)).status).toBe(401);
  expect((await admin.newBrowser().signIn(one.email, { password: ANOTHER })).status).toBe(201);
  const [row] = await query("select * from admin_users where id = $1", [one.id]);
  expect(JSON.stringify(row)).not.toContain(ANOTHER);
  const audit = await query(
    "select actor, action, subject_id from audit_log where subject_id = $1",
    [one.id],
  );
  expect(audit).toEqual([
    { actor: `admin:${one.id}`, action: "admin.password_changed", subject_id: one.id },
  ]);
});

test("a new password that is easily guessed is refused, beside its field", async () => {
  const { browser, email } = await admin.signedIn();
  for (const [password, detail] of [
    ["short owl 1", "at least 12"],
    ["Password1234!", "common words"],
    [`${email.split("@")[0]} and more`, "e-mail address"],
    ["x".repeat(201), "at most 200"],
    [PASSWORD, "differ from the old password"],
  ] as const) {
    const errors = [{ pointer: "/new_password", detail: expect.stringContaining(detail) }];
    expect(await change(browser, PASSWORD, password)).toMatchObject({
      status: 422,
      body: { errors },
    });
  }
  expect((await admin.newBrowser().signIn(email)).status).toBe(201);
});

test("without the old password nothing changes, and the third try locks the account", async () => {
  const { id, browser } = await admin.signedIn();
  for (let n = 0; n < 3; n++) {
    const errors = [{ pointer: "/old_password", detail: "is wrong" }];
    expect(await change(browser, "wrong", ANOTHER)).toMatchObject({
      status: 422,
      body: { errors },
    });
  }
  expect(await browser.call("GET", "/session")).toMatchObject(SIGNED_OUT);
  const audit = await query("select action from audit_log where subject_id = $1", [id]);
  expect(audit).toEqual([{ action: "admin.locked" }]);
});

test("outsiders who lock an account do not prevent its admin from changing the password", async () => {
  const { email, browser } = await admin.signedIn();
  for (let n = 0; n < 3; n++) await admin.newBrowser().signIn(email, { password: `wrong ${n}` });
  expect((await admin.newBrowser().signIn(email)).status).toBe(401);
  expect((await change(browser, "wrong", ANOTHER)).status).toBe(422);
  expect((await change(browser, PASSWORD, ANOTHER)).status).toBe(204);
  expect((await browser.call("GET", "/session")).status).toBe(200);
});

test("a right old password costs no try", async () => {
  const { id, browser } = await admin.signedIn();
  let old = PASSWORD;
  for (const next of ["owls fly at night 1", "owls fly at night 2", "owls fly at night 3"]) {
    expect((await change(browser, old, next)).status).toBe(204);
    old = next;
  }
  expect(await query("select failed_tries from admin_users where id = $1", [id])).toEqual([
    { failed_tries: 0 },
  ]);
});

test("a one-time password only lets the admin set a new one", async () => {
  const { browser } = await admin.signedIn("one_time");
  expect(await browser.call("GET", "/session")).toMatchObject({
    body: { must_change_password: true, default_password: false },
  });
  for (const path of ["/admins", "/sessions", "/audit-log"]) {
    expect(await browser.call("GET", path)).toMatchObject({
      status: 403,
      body: { code: "password-change-required" },
    });
  }
  expect((await change(browser, PASSWORD, ANOTHER)).status).toBe(204);
  expect(await browser.call("GET", "/session")).toMatchObject({
    body: { must_change_password: false },
  });
  expect((await browser.call("GET", "/admins")).status).toBe(200);
});

test("the default password of development works, with a warning", async () => {
  const { browser } = await admin.signedIn("default");
  expect(await browser.call("GET", "/session")).toMatchObject({ body: { default_password: true } });
  expect((await browser.call("GET", "/admins")).status).toBe(200);
  await change(browser, PASSWORD, ANOTHER);
  expect(await browser.call("GET", "/session")).toMatchObject({
    body: { default_password: false },
  });
});
