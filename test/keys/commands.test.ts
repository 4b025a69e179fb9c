import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { partnerConnections } from "../../db/partners/tables.ts";
import { users } from "../../db/users/tables.ts";
import { type KeyRings, listKids } from "../../ops/rotate-keys/key-rings.ts";
import { readRings, ringLines } from "../../ops/rotate-keys/key-file.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { newId } from "../../shared/ids.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";
import { killReseal, runKeys } from "./run-keys.ts";
import { parseRings } from "./test-rings.ts";

let stack: DatabaseStack;
let folder: string;
let old: KeyRings;
const opened = new AsyncDisposableStack();
beforeAll(async () => {
  stack = opened.use(await startDatabaseStack());
  folder = opened.use(await temporaryFolder()).path;
  old = parseRings(stack.context.keys);
});
afterAll(() => opened.disposeAsync());

const inFolder = (name: string) => join(folder, name);
const keys = (...args: string[]) => runKeys(stack.address, args);

/** Writes a file with the original keys of the stack. Returns its path. */
async function keyFile(name: string): Promise<string> {
  const file = inFolder(name);
  await writeFile(file, ringLines(old));
  return file;
}

/** Inserts users whose passwords are sealed with the original mailbox key. */
async function insertUsers(count: number): Promise<void> {
  const { id: partnerId } = await stack.newPartner();
  const connectionId = newId("con");
  const connection = { id: connectionId, partnerId, providerId: "prv_plain" };
  await stack.db.insert(partnerConnections).values(connection);
  const rows = Array.from({ length: count }, async () => {
    const id = newId("usr");
    const row = `users/${id}/login_password` as const;
    return {
      id,
      connectionId,
      tag: id,
      sealedLoginPassword: await stack.vaults.mailbox.seal(row, "x"),
    };
  });
  await stack.db.insert(users).values(await Promise.all(rows));
}

test("a key is added, activated, used for everything, and the old one retired", async () => {
  await insertUsers(3);
  const file = await keyFile("walk.env");
  const [first = ""] = listKids(old, "mailbox");
  const listed = await keys("list", "--from", file);
  expect(listed).toMatchObject({ code: 0, stderr: "" });
  expect(listed.stdout).toContain(`${first}  seals  users.sealed_login_password 3`);

  const added = await keys("add", "mailbox", "--from", file, "--to", file);
  expect(added).toMatchObject({ code: 0, stderr: "" });
  const [, second = ""] = listKids(await readRings(file, {}), "mailbox");
  expect(added.stdout).toContain(`The mailbox ring is now ${first}, ${second}; ${first} seals`);

  const activated = await keys("activate", "mailbox", second, "--from", file, "--to", file);
  expect(activated.stdout).toContain(`${second}, ${first}; ${second} seals`);
  const early = await keys("retire", "mailbox", first, "--from", file, "--to", file);
  expect(early).toMatchObject({ code: 1, stdout: "" });
  expect(early.stderr).toContain(
    `Cannot retire ${first}: needed by users.sealed_login_password 3; run npm run keys -- reseal`,
  );
  expect(listKids(await readRings(file, {}), "mailbox")).toEqual([second, first]);

  const resealed = await keys("reseal", "--from", file);
  expect(resealed).toMatchObject({ code: 0, stderr: "" });
  expect(resealed.stdout).toContain("users.sealed_login_password: 3 resealed");
  expect(resealed.stdout).toContain("Done: 3 resealed, 0 cannot be opened");
  expect(resealed.stdout).toContain(`${first}  opens  nothing`);

  const retired = await keys("retire", "mailbox", first, "--from", file, "--to", file);
  expect(retired).toMatchObject({ code: 0, stderr: "" });
  expect(listKids(await readRings(file, {}), "mailbox")).toEqual([second]);
  const after = await keys("list", "--from", file);
  expect(after.stdout).toContain(`${second}  seals  users.sealed_login_password 3`);
  await stack.db.delete(users);
});

test("the file that is written has the settings of edge and fleet, and only its owner can read it", async () => {
  const file = inFolder("private.env");
  const env = {
    MAILBOX_PRIVATE_KEYS: stack.context.keys.mailbox_private_keys,
    PARTNER_KEYS: stack.context.keys.partner_keys,
  };
  const { stdout } = await runKeys(stack.address, ["add", "partner", "--to", file], env);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const written = parseEnv(await readFile(file, "utf8"));
  expect(Object.keys(written).toSorted()).toEqual([
    "MAILBOX_PRIVATE_KEYS",
    "MAILBOX_PUBLIC_KEYS",
    "PARTNER_KEYS",
  ]);
  expect(written["MAILBOX_PUBLIC_KEYS"]).toBe(stack.context.keys.mailbox_public_keys);
  const [, added = ""] = listKids(await readRings(file, {}), "partner");
  expect(stdout).toContain(added);
  for (const { k } of (await readRings(file, {})).partner.keys) expect(stdout).not.toContain(k);
});

test("the new settings are shown only where the screen is asked for", async () => {
  const file = await keyFile("screen.env");
  const { stdout, code } = await keys("add", "partner", "--from", file, "--to", "-");
  expect(code).toBe(0);
  expect(
    listKids({ ...old, partner: JSON.parse(parseEnv(stdout)["PARTNER_KEYS"] ?? "") }, "partner"),
  ).toHaveLength(2);
  expect(await readFile(file, "utf8")).toBe(ringLines(old));
});

test("a job that is killed is run again, and does the rest", async () => {
  await insertUsers(1_500);
  const file = await keyFile("killed.env");
  await keys("add", "mailbox", "--from", file, "--to", file);
  const [first = "", second = ""] = listKids(await readRings(file, {}), "mailbox");
  await keys("activate", "mailbox", second, "--from", file, "--to", file);
  await killReseal(stack.address, file, "users.sealed_login_password: ");
  const halfway = await keys("list", "--from", file);
  expect(halfway.stdout).toMatch(new RegExp(`${first}  opens  .*users.sealed_login_password \\d+`));
  const again = await keys("reseal", "--from", file);
  expect(again).toMatchObject({ code: 0, stderr: "" });
  const [, rest] = /Done: (\d+) resealed/.exec(again.stdout) ?? [];
  expect(Number(rest)).toBeGreaterThan(0);
  expect(Number(rest)).toBeLessThan(1_500);
  expect(again.stdout).toContain(`${second}  seals  users.sealed_login_password 1500`);
  await stack.db.delete(users);
});

test("a secret that cannot be opened is reported, stops nothing else, and prevents the retirement of its key", async () => {
  await insertUsers(2);
  const [{ id } = { id: "" }] = await stack.db.select().from(users).limit(1);
  const moved = await stack.vaults.mailbox.seal("users/usr_other/oauth1_token", "hunter2");
  await stack.db.update(users).set({ sealedOauth1Token: moved });
  const file = await keyFile("broken.env");
  await keys("add", "mailbox", "--from", file, "--to", file);
  const [first = "", second = ""] = listKids(await readRings(file, {}), "mailbox");
  await keys("activate", "mailbox", second, "--from", file, "--to", file);
  const { stdout, stderr, code } = await keys("reseal", "--from", file);
  expect(code).toBe(1);
  expect(stderr).toContain(`Cannot open users/${id}/oauth1_token: it was sealed for another row`);
  expect(stdout).toContain("Done: 2 resealed, 2 cannot be opened");
  const refused = await keys("retire", "mailbox", first, "--from", file, "--to", file);
  expect(refused.stderr).toContain("needed by users.sealed_oauth1_token 2");
  expect(`${stdout}${stderr}`).not.toContain("hunter2");
  await stack.db.delete(users);
});

test.each([
  [[], "npm run keys -- list"],
  [["list", "mailbox", "kid", "more"], "npm run keys -- list"],
  [["list", "--all"], "--all"],
  [["add"], "The ring must be mailbox or partner"],
  [["add", "webhook", "--to", "x"], "The ring must be mailbox or partner"],
  [["add", "partner"], "Cannot add a key: --to must name a file for the new settings"],
  [["activate", "partner", "--to", "x"], "The kid of a key is required"],
] as const)("keys %j is refused in words", async (args, words) => {
  const from = await keyFile("wrong.env");
  const { stdout, stderr, code } = await keys(...args, "--from", from);
  expect(code).toBe(1);
  expect(stderr).toContain(words);
  expect(`${stdout}${stderr}`).not.toMatch(/"kty"| {4}at /);
  expect(await readFile(from, "utf8")).toBe(ringLines(old));
});

test("a key that seals cannot be retired, and the file stays unchanged", async () => {
  const from = await keyFile("active.env");
  const [kid = ""] = listKids(old, "partner");
  const { stderr, code } = await keys("retire", "partner", kid, "--from", from, "--to", from);
  expect(code).toBe(1);
  expect(stderr).toContain("it seals; activate another one first");
  expect(await readFile(from, "utf8")).toBe(ringLines(old));
});

test("keys that are missing or wrong are named, and never shown", async () => {
  const none = await runKeys(stack.address, ["list"]);
  expect(none).toMatchObject({ code: 1, stdout: "" });
  expect(none.stderr).toContain("MAILBOX_PRIVATE_KEYS is missing");
  expect(none.stderr).toContain("PARTNER_KEYS is missing");
  const file = inFolder("bad.env");
  await writeFile(file, 'MAILBOX_PRIVATE_KEYS={"keys":["hunter2"]}\nPARTNER_KEYS=hunter2\n');
  const bad = await keys("list", "--from", file);
  expect(bad.stderr).toContain("MAILBOX_PRIVATE_KEYS must be a JSON Web Key Set");
  expect(bad.stderr).not.toContain("hunter2");
  const missing = await keys("list", "--from", inFolder("none.env"));
  expect(missing.stderr).toContain("Cannot read the keys: there is no readable file");
});
