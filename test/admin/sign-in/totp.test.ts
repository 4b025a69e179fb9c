import { decodeBase32IgnorePadding } from "@oslojs/encoding";
import { generateHOTP } from "@oslojs/otp";
import * as v from "valibot";
import { expect, test } from "vitest";
import { fromAddress } from "../../harness/caller-address.ts";
import type { AdminBrowser } from "../admin-browser.ts";
import { PASSWORD, useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const REFUSED = { status: 401, body: { code: "sign-in-refused" } };
const begun = v.object({ secret: v.string(), uri: v.string() });
const confirmed = v.object({ recovery_codes: v.array(v.string()) });

/** Returns the code that the authenticator app shows after `later` steps of 30 s. */
const computeCode = (secret: string, later = 0) => {
  const step = Math.floor(Date.now() / 30_000) + later;
  return generateHOTP(decodeBase32IgnorePadding(secret), BigInt(step), 6);
};

async function begin(browser: AdminBrowser): Promise<string> {
  const { status, body } = await browser.call("POST", "/totp");
  expect(status).toBe(201);
  return v.parse(begun, body).secret;
}

/**
 * Creates an admin with a second factor. This uses up the code of the current 30 s, but no later
 * code.
 */
async function withTotp() {
  const one = await admin.signedIn();
  const secret = await begin(one.browser);
  const first = computeCode(secret);
  const answer = await one.browser.call("POST", "/totp/confirm", { body: { code: first } });
  expect(answer.status).toBe(200);
  return { ...one, secret, first, codes: v.parse(confirmed, answer.body).recovery_codes };
}

/** Lets the admin use the current code again, as if the last used code were old. */
const forgetCode = (id: string) =>
  query("update admin_users set totp_last_step = 0 where id = $1", [id]);

test("a second factor is on after its first code has confirmed it, and is sealed", async () => {
  const { id, email, browser } = await admin.signedIn();
  const { status, body } = await browser.call("POST", "/totp");
  const { secret, uri } = v.parse(begun, body);
  expect(status).toBe(201);
  expect(uri).toContain(`secret=${secret}`);
  expect((await admin.newBrowser().signIn(email)).status).toBe(201);

  const wrong = await browser.call("POST", "/totp/confirm", { body: { code: "000000" } });
  expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: "/code" }] } });
  const right = await browser.call("POST", "/totp/confirm", {
    body: { code: computeCode(secret) },
  });
  const codes = v.parse(confirmed, right.body).recovery_codes;
  expect(new Set(codes).size).toBe(10);
  expect(await browser.call("GET", "/session")).toMatchObject({
    body: { admin: { totp: true, recovery_codes_left: 10 } },
  });

  const rows = JSON.stringify(await query("select * from admin_users where id = $1", [id]));
  const audit = JSON.stringify(await query("select * from audit_log where subject_id = $1", [id]));
  for (const text of [rows, audit]) {
    for (const shown of [secret, ...codes]) expect(text).not.toContain(shown);
  }
  expect(audit).toContain("admin.totp_confirmed");
});

test("only a caller with the right password learns that a code is required, and this uses up no try", async () => {
  const { id, email, secret } = await withTotp();
  for (let n = 0; n < 4; n++) {
    expect(await admin.newBrowser().signIn(email)).toMatchObject({
      status: 401,
      body: { code: "code-required" },
    });
  }
  expect(await admin.newBrowser().signIn(email, { password: "wrong" })).toMatchObject(REFUSED);
  expect(
    await admin.newBrowser().signIn(email, { password: "wrong", code: computeCode(secret, 1) }),
  ).toMatchObject(REFUSED);
  const [row] = await query("select failed_tries from admin_users where id = $1", [id]);
  expect(row).toEqual({ failed_tries: 2 });
  expect((await admin.newBrowser().signIn(email, { code: computeCode(secret, 1) })).status).toBe(
    201,
  );
});

test("no code is taken twice, not the one that confirmed either", async () => {
  const { email, secret, first, id } = await withTotp();
  expect(await admin.newBrowser().signIn(email, { code: first })).toMatchObject(REFUSED);
  await forgetCode(id);
  const code = computeCode(secret);
  expect((await admin.newBrowser().signIn(email, { code })).status).toBe(201);
  expect(await admin.newBrowser().signIn(email, { code })).toMatchObject(REFUSED);
});

test("one of two concurrent sign-ins with the same code succeeds", async () => {
  const { id, email, secret, codes } = await withTotp();
  for (const code of [computeCode(secret, 1), codes[0] ?? ""]) {
    const both = [1, 2].map(() => admin.newBrowser().signIn(email, { code }));
    const answers = await Promise.all(both);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 401]);
    await forgetCode(id);
  }
});

test("three wrong codes lock the account", async () => {
  const { email, secret } = await withTotp();
  for (const code of ["000000", "nonsense", "1k7d-9mx2-q0zt-wv4e"]) {
    expect(await admin.newBrowser().signIn(email, { code })).toMatchObject(REFUSED);
  }
  const right = computeCode(secret, 1);
  expect(await admin.newBrowser().signIn(email, { code: right })).toMatchObject(REFUSED);
});

const ELSEWHERE = fromAddress("198.51.100.7");
const signInFrom = (headers: Record<string, string>, body: object) =>
  admin.newBrowser().call("POST", "/session", { body, headers });

test("a locked account can be opened from another network with password and code, and is then unlocked", async () => {
  const { id, email, secret } = await withTotp();
  await forgetCode(id);
  for (let n = 0; n < 3; n++) await admin.newBrowser().signIn(email, { password: `wrong ${n}` });
  const code = computeCode(secret);
  expect(await admin.newBrowser().signIn(email, { code })).toMatchObject(REFUSED);
  const right = { email, password: PASSWORD, code };
  // A right password without a code and a wrong password with a right code get the same answer.
  expect(await signInFrom(ELSEWHERE, { email, password: PASSWORD })).toMatchObject(REFUSED);
  expect(await signInFrom(ELSEWHERE, { ...right, password: "wrong" })).toMatchObject(REFUSED);
  expect((await signInFrom(ELSEWHERE, right)).status).toBe(201);
  await forgetCode(id);
  expect((await admin.newBrowser().signIn(email, { code: computeCode(secret) })).status).toBe(201);
});

test("a locked account without a second factor cannot be opened from any network", async () => {
  const { email } = await admin.newAdmin();
  for (let n = 0; n < 3; n++) await admin.newBrowser().signIn(email, { password: `wrong ${n}` });
  const body = { email, password: PASSWORD, code: "000000" };
  expect(await signInFrom(ELSEWHERE, body)).toMatchObject(REFUSED);
});

test("a locked account allows ten tries in total, from any number of networks", async () => {
  const { id, email, secret } = await withTotp();
  const ask = (sql: string) => admin.stack().query(sql, [id]);
  await ask(
    `update admin_users set failed_tries = 9, locked_until = now() + interval '1 hour',
     failed_networks = array(select 'network ' || n from generate_series(1, 9) as n) where id = $1`,
  );
  await forgetCode(id);
  const right = { email, password: PASSWORD, code: computeCode(secret) };
  expect(await signInFrom(ELSEWHERE, { ...right, code: "000000" })).toMatchObject(REFUSED);
  expect(await signInFrom(ELSEWHERE, right)).toMatchObject(REFUSED);
  expect(await ask("select failed_tries from admin_users where id = $1")).toEqual([
    { failed_tries: 10 },
  ]);
});

test("a recovery code opens once, however it is typed", async () => {
  const { email, codes } = await withTotp();
  const [code = ""] = codes;
  const browser = admin.newBrowser();
  const typed = ` ${code.toUpperCase().replaceAll("-", " ")} `;
  expect((await browser.signIn(email, { code: typed })).status).toBe(201);
  expect(await browser.call("GET", "/session")).toMatchObject({
    body: { admin: { recovery_codes_left: 9 } },
  });
  expect(await admin.newBrowser().signIn(email, { code })).toMatchObject(REFUSED);
});

test("setting up a second factor can be restarted until it is confirmed", async () => {
  const { browser } = await admin.signedIn();
  const conflict = { status: 409, body: { code: "conflict" } };
  const body = { code: "123456" };
  expect(await browser.call("POST", "/totp/confirm", { body })).toMatchObject(conflict);
  const first = await begin(browser);
  const second = await begin(browser);
  expect(
    (await browser.call("POST", "/totp/confirm", { body: { code: computeCode(first) } })).status,
  ).toBe(422);
  expect(
    (await browser.call("POST", "/totp/confirm", { body: { code: computeCode(second) } })).status,
  ).toBe(200);
  expect(await browser.call("POST", "/totp")).toMatchObject(conflict);
  expect(await browser.call("POST", "/totp/confirm", { body })).toMatchObject(conflict);
});

test("turning off the second factor needs both factors", async () => {
  const { email, browser, secret } = await withTotp();
  const remove = (password: string, code: string) =>
    browser.call("DELETE", "/totp", { body: { password, code } });
  const code = computeCode(secret, 1);
  expect(await remove("wrong", code)).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: "/password" }] },
  });
  expect(await remove(PASSWORD, "000000")).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: "/code" }] },
  });
  expect((await remove(PASSWORD, code)).status).toBe(204);
  expect(await remove(PASSWORD, code)).toMatchObject({ status: 409 });
  expect((await admin.newBrowser().signIn(email)).status).toBe(201);
});
