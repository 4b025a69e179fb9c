import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sql } from "drizzle-orm";
import { verifyPassword } from "../../../db/admin/password-hash.ts";
import { inCheckout } from "../../../dev/checkout.ts";
import type { DatabaseStack } from "../../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../../harness/stacks/start-database-stack.ts";

let stack: DatabaseStack;
beforeAll(async () => {
  stack = await startDatabaseStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

interface Run {
  typed?: string;
  env?: Record<string, string>;
}

/** Runs the command as an operator does, against the database. */
async function run(
  command: "create" | "reset",
  args: string[],
  { typed = "", env = {} }: Run = {},
) {
  const child = spawn(process.execPath, [inCheckout("ops", `admin-${command}.ts`), ...args], {
    env: { ...process.env, DATABASE_URL: stack.address.url, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(typed);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { stdout, stderr, code: Number(code) };
}

const shownIn = (stdout: string) => /sign-in: (\S+)/.exec(stdout)?.[1] ?? "";

async function readAdmin(email: string) {
  const { rows } = await stack.db.execute(sql`select * from admin_users where email = ${email}`);
  return rows[0];
}

test("admin:create creates an admin with a password for the first sign-in", async () => {
  const { stdout, code } = await run("create", ["--email", "ada@example.com", "--name", "Ada"]);
  expect(code).toBe(0);
  const row = await readAdmin("ada@example.com");
  expect(row).toMatchObject({ name: "Ada", role: "owner", password_kind: "one_time" });
  expect(row?.["shell_password_at"]).not.toBeNull();
  expect(await verifyPassword(String(row?.["password_hash"]), shownIn(stdout))).toBe(true);
});

test("admin:create --ask takes a password that is typed, and shows it nowhere", async () => {
  const typed = "a quite different owl\n";
  const { stdout, code } = await run(
    "create",
    ["--email", "bob@example.com", "--role", "support", "--ask"],
    { typed },
  );
  expect(code).toBe(0);
  expect(stdout).not.toContain("owl");
  const row = await readAdmin("bob@example.com");
  expect(row).toMatchObject({ role: "support", password_kind: "chosen" });
  expect(await verifyPassword(String(row?.["password_hash"]), typed.trim())).toBe(true);
});

test("admin:reset gives a new password, unlocks, and takes the second factor away", async () => {
  const email = "eve@example.com";
  const made = await run("create", ["--email", email]);
  await stack.db.execute(
    sql`update admin_users set failed_tries = 3, locked_until = now() + interval '1 hour', totp_confirmed_at = now(), sealed_totp_secret = 'x' where email = ${email}`,
  );
  const { stdout, code } = await run("reset", ["--email", "EVE@example.com"]);
  expect(code).toBe(0);
  const row = await readAdmin(email);
  expect(row).toMatchObject({
    password_kind: "one_time",
    shell_password_at: expect.anything(),
    failed_tries: 0,
    locked_until: null,
    totp_confirmed_at: null,
  });
  const hash = String(row?.["password_hash"]);
  expect(await verifyPassword(hash, shownIn(stdout))).toBe(true);
  expect(await verifyPassword(hash, shownIn(made.stdout))).toBe(false);
  const { rows } = await stack.db.execute(
    sql`select actor, action from audit_log where subject_id = ${row?.["id"]} order by id`,
  );
  expect(rows).toEqual([
    { actor: "shell", action: "admin.created" },
    { actor: "shell", action: "admin.password_reset" },
  ]);
});

test.each([
  ["create", [], {}, "--email: must be an e-mail address"],
  ["create", ["--email", "nobody"], {}, "--email: must be an e-mail address"],
  ["create", ["--email", "a@b.test", "--name", " "], {}, "--name: must not be blank"],
  ["create", ["--email", "a@b.test", "--role", "root"], {}, "--role: must be one of viewer"],
  ["create", ["--email", "a@b.test", "--ask"], { typed: "password1234\n" }, "common words"],
  ["create", ["--email", "a@b.test", "--ask"], { typed: "" }, "at least 12"],
  ["create", ["--email", "a@b.test"], { env: { DATABASE_URL: "mysql://hunter2" } }, "DATABASE_URL"],
  ["reset", ["--email", "nobody@example.com"], {}, "Cannot find an admin"],
] as const)("admin:%s %j %j is refused in words", async (command, args, more, words) => {
  const { stderr, stdout, code } = await run(command, [...args], more);
  expect(code).toBe(1);
  expect(stderr).toContain(words);
  expect(`${stdout}${stderr}`).not.toMatch(/hunter2| {4}at /);
});

test("admin:create does not make an admin twice", async () => {
  await run("create", ["--email", "joe@example.com"]);
  const again = await run("create", ["--email", "Joe@Example.com"]);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("npm run admin:reset") });
  expect(again.stderr).not.toContain("scrypt");
});
