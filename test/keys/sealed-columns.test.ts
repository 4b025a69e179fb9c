import { desc, eq, getTableColumns, getTableName, sql } from "drizzle-orm";
import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWebhooks } from "../../db/partners/partner-webhooks.ts";
import { enqueueRevocations } from "../../db/removal/revocations.ts";
import { adminUsers } from "../../db/admin/tables.ts";
import { commands } from "../../db/fleet/tables.ts";
import { idempotencyKeys, partnerConnections, partners } from "../../db/partners/tables.ts";
import { users } from "../../db/users/tables.ts";
import { findWebhookKey } from "../../db/partners/webhook-keys.ts";
import { runInOrder } from "../../db/query.ts";
import { nameColumn, SEALED_COLUMNS, type SealedColumn } from "../../db/partners/sealed-columns.ts";
import {
  countKeyUses,
  readSecretsOfOtherKeys,
  replaceSecrets,
} from "../../db/partners/sealed-rows.ts";
import {
  activateKey,
  addKey,
  type KeyRings,
  listKids,
  RINGS,
} from "../../ops/rotate-keys/key-rings.ts";
import { reseal } from "../../ops/rotate-keys/reseal.ts";
import { sealTotpSecret } from "../../edge/admin/accounts/second-factor.ts";
import { existingKey, planRotation } from "../../edge/partners/webhook-key-writes.ts";
import { answerRow, continuationRow, requestRow } from "../../shared/commands.ts";
import { newId } from "../../shared/ids.ts";
import { ALL_TABLES } from "../db/all-tables.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";
import { createVaults, onlyActive, parseRings } from "./test-rings.ts";

let stack: DatabaseStack;
let old: KeyRings;
let both: KeyRings;
let fresh: KeyRings;
beforeAll(async () => {
  stack = await startDatabaseStack();
  old = parseRings(stack.context.keys);
  both = await addKey(await addKey(old, "mailbox"), "partner");
  for (const ring of RINGS) both = activateKey(both, ring, listKids(both, ring)[1] ?? "");
  fresh = onlyActive(both);
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const never = new AbortController().signal;
const deps = () => ({ db: stack.db, onProgress: () => {} });
const findColumn = (name: string): SealedColumn => {
  const found = SEALED_COLUMNS.find((column) => nameColumn(column) === name);
  if (!found) throw new Error(`No sealed column ${name}`);
  return found;
};

test("the list has every sealed column of the schema, and no other", () => {
  const inSchema = ALL_TABLES.flatMap((table) =>
    Object.values(getTableColumns(table)).map(({ name }) => `${getTableName(table)}.${name}`),
  ).filter((name) => name.includes(".sealed_"));
  expect(SEALED_COLUMNS.map(nameColumn).toSorted()).toEqual(inSchema.toSorted());
});

/**
 * Stores a secret in each sealed column, sealed for its own row and column. The product's own code
 * seals some of them.
 */
async function sealEverywhere(): Promise<void> {
  const { db, vaults, newPartner } = stack;
  const { id: partnerId } = await newPartner({
    newMailWebhook: "https://user:hunter2@hooks.test/new",
    userConnectedWebhook: "https://hooks.test/connected?token=hunter2",
    userDisconnectedWebhook: "https://hunter2@hooks.test/disconnected",
    userAuthFailedWebhook: "https://user:hunter2@hooks.test/failed?x=1",
  });
  const owner = { partnerId, actor: "test" };
  const request = { graceMs: 3_600_000, force: true };
  for (const name of ["webhook_secret", "signing_key", "signing_key"] as const) {
    const sealed = existingKey(await findWebhookKey(db, partnerId, name));
    const { build } = await planRotation(vaults.partner, owner, name, { request, sealed });
    await runInOrder(build(db));
  }
  const [connectionId, userId] = [newId("con"), newId("usr")];
  const client = (row: string) =>
    vaults.partner.seal(`partner_connections/${connectionId}/${row}`, row);
  await db.insert(partnerConnections).values({
    id: connectionId,
    partnerId,
    providerId: "prv_gmail_oauth2",
    oauth2ClientId: "client",
    sealedOauth2ClientSecret: await client("oauth2_client_secret"),
    sealedOauth1ConsumerSecret: await client("oauth1_consumer_secret"),
  });
  const ofUser = (row: string) => vaults.mailbox.seal(`users/${userId}/${row}`, row);
  await db.insert(users).values({
    id: userId,
    connectionId,
    tag: userId,
    sealedLoginPassword: await ofUser("login_password"),
    sealedRefreshToken: await ofUser("refresh_token"),
    sealedPreviousRefreshToken: await ofUser("refresh_token"),
    sealedOauth1Token: await ofUser("oauth1_token"),
  });
  await enqueueRevocations(db, [userId]);
  const adminId = newId("adm");
  await db.insert(adminUsers).values({
    id: adminId,
    email: adminId,
    name: "Ann",
    passwordHash: "",
    passwordKind: "chosen",
    sealedTotpSecret: await sealTotpSecret(vaults.partner, adminId, new Uint8Array(20)),
  });
  const [commandId, keyId] = [newId("cmd"), newId("idk")];
  await db.insert(commands).values({
    id: commandId,
    kind: "x",
    sealedRequest: await vaults.mailbox.seal(requestRow(commandId), "request"),
    sealedAnswer: await vaults.partner.seal(answerRow(commandId), "answer"),
    sealedContinuation: await vaults.partner.seal(continuationRow(commandId), "next"),
    expiresAt: new Date(),
  });
  const sealedAnswer = await vaults.partner.seal(`idempotency_keys/${keyId}/answer`, "answer");
  await db.insert(idempotencyKeys).values({ id: keyId, partnerId, keyHash: keyId, sealedAnswer });
}

/** Returns all secrets of a column, decrypted. */
async function openAll(column: SealedColumn, rings: KeyRings): Promise<string[]> {
  const { mailboxVault, partnerVault } = createVaults(rings);
  const vault = column.ring === "mailbox" ? mailboxVault : partnerVault;
  const all = { kid: "none", after: "", limit: 1_000 };
  const secrets = await readSecretsOfOtherKeys(stack.db, column, all);
  return Promise.all(secrets.map(({ identity, sealed }) => vault.open(identity, sealed)));
}

test("every secret is resealed for its row, and its value does not change", async () => {
  await sealEverywhere();
  const opened = new Map<SealedColumn, string[]>();
  for (const column of SEALED_COLUMNS) {
    const secrets = await openAll(column, old);
    expect({ column: nameColumn(column), rows: secrets.length > 0 }).toMatchObject({ rows: true });
    opened.set(column, secrets);
  }
  const { secrets, faults } = await reseal(deps(), both, never);
  expect(faults).toEqual([]);
  expect(secrets).toBe([...opened.values()].flat().length);
  for (const column of SEALED_COLUMNS) {
    expect(await openAll(column, fresh)).toEqual(opened.get(column));
  }
  expect(await reseal(deps(), both, never)).toEqual({ secrets: 0, faults: [] });
});

test("addresses of webhooks that were written in plain text are sealed, once", async () => {
  const { id } = await stack.newPartner();
  await reseal(deps(), both, never);
  const whole = "https://user:hunter2@hooks.test/new?token=hunter2";
  await stack.db.update(partners).set({ newMailWebhook: whole }).where(eq(partners.id, id));
  const { secrets } = await reseal(deps(), both, never);
  expect(secrets).toBe(1);
  const [row] = await stack.db.select().from(partners).where(eq(partners.id, id));
  expect(JSON.stringify(row)).not.toContain("hunter2");
  expect(row && (await openWebhooks(createVaults(both).partnerVault, row)).newMailWebhook).toBe(
    whole,
  );
  expect((await reseal(deps(), both, never)).secrets).toBe(0);
});

test("the keys that are in use are counted, and text that is not sealed is counted separately", async () => {
  await reseal(deps(), both, never);
  const [admin] = await stack.db.select().from(adminUsers);
  const strange = [
    "",
    "x",
    ".",
    "eyJ.",
    "not sealed at all",
    "a.b.c.d.e",
    "äö.x",
    "eyJraWQiOiJ9.x",
  ];
  for (const [n, text] of strange.entries()) {
    const id = `adm_strange_${n}`;
    await stack.db.insert(adminUsers).values({
      ...admin,
      id,
      email: id,
      name: "",
      passwordHash: "",
      passwordKind: "chosen",
      sealedTotpSecret: text,
    });
  }
  const uses = (await countKeyUses(stack.db)).filter(
    ({ column }) => nameColumn(column) === "admin_users.sealed_totp_secret",
  );
  expect(uses.map(({ kid, rows }) => [kid, rows])).toEqual([
    [fresh.partner.keys[0]?.kid, 1],
    [null, strange.length],
  ]);
  const { secrets, faults } = await reseal(deps(), both, never);
  expect(secrets).toBe(0);
  expect(faults).toHaveLength(strange.length);
  expect(faults[0]).toBe(
    "Cannot open admin_users/adm_strange_0/totp_secret: the sealed text is not intact",
  );
  await stack.db.execute(sql`delete from admin_users where id like 'adm_strange%'`);
});

test("a secret that is changed between reading and writing is left to the next pass", async () => {
  await sealEverywhere();
  const column = findColumn("users.sealed_login_password");
  const kid = fresh.mailbox.keys[0]?.kid ?? "";
  const [read] = await readSecretsOfOtherKeys(stack.db, column, { kid, after: "", limit: 1 });
  if (!read) throw new Error("Nothing to reseal");
  const { mailboxVault } = createVaults(both);
  const [seldom, given] = await Promise.all(
    ["as it was read", "given meanwhile"].map((secret) => mailboxVault.seal(read.identity, secret)),
  );
  await stack.db
    .update(users)
    .set({ sealedLoginPassword: given ?? "" })
    .where(eq(users.id, read.id));
  const stale = [{ id: read.id, from: read.sealed, to: seldom ?? "" }];
  expect(await replaceSecrets(stack.db, column, stale)).toBe(0);
  const [row] = await stack.db.select().from(users).where(eq(users.id, read.id));
  expect(row?.sealedLoginPassword).toBe(given);
});

test("a refresh token in use is not resealed until the refresh is over", async () => {
  await sealEverywhere();
  const [{ id } = { id: "" }] = await stack.db
    .select()
    .from(users)
    .orderBy(desc(users.id))
    .limit(1);
  const readKids = async () => {
    const [row] = await stack.db.select().from(users).where(eq(users.id, id));
    const texts = [row?.sealedRefreshToken, row?.sealedPreviousRefreshToken];
    return texts.map((text) => decodeProtectedHeader(text ?? "").kid);
  };
  const [before, after] = [old.mailbox.keys[0]?.kid, fresh.mailbox.keys[0]?.kid];
  const lease = (refreshLeaseUntil: Date | null) =>
    stack.db.update(users).set({ refreshLeaseUntil }).where(eq(users.id, id));
  // During an outage of the database, a refresh may save its token up to an hour after its lease.
  // The save fails if the stored token has changed, so resealing must wait.
  for (const until of [Date.now() + 10_000, Date.now() - 60_000]) {
    await lease(new Date(until));
    await reseal(deps(), both, never);
    expect(await readKids()).toEqual([before, before]);
  }
  await lease(null);
  await reseal(deps(), both, never);
  expect(await readKids()).toEqual([after, after]);
});

test("a stopped job does the rest when it runs again", async () => {
  for (let n = 0; n < 3; n++) await sealEverywhere();
  const stop = new AbortController();
  const first = await reseal({ ...deps(), onProgress: () => stop.abort() }, both, stop.signal);
  expect(first.secrets).toBeGreaterThan(0);
  const second = await reseal(deps(), both, never);
  expect(second.secrets).toBeGreaterThan(0);
  expect(await reseal(deps(), both, never)).toEqual({ secrets: 0, faults: [] });
});
