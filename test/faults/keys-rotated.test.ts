import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Program } from "../../dev/processes/program.ts";
import { readRings, ringLines } from "../../ops/rotate-keys/key-file.ts";
import { listKids, RINGS } from "../../ops/rotate-keys/key-rings.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { eventually } from "../harness/eventually.ts";
import { newId } from "../../shared/ids.ts";
import { killReseal, runKeys } from "../keys/run-keys.ts";
import { createVaults, parseRings } from "../keys/test-rings.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const USERS = 40;
/**
 * The number of API keys to add. It is so large that the test can kill the reseal job before the
 * job has finished.
 */
const MORE_KEYS = 2_000;

let cluster: Cluster;
let file: string;
const opened = new AsyncDisposableStack();
beforeAll(async () => {
  cluster = opened.use(await startCluster(USERS));
  file = join(opened.use(await temporaryFolder()).path, "keys.env");
  await writeFile(file, ringLines(parseRings(cluster.keys)));
});
afterAll(() => opened.disposeAsync());

/** Runs this action of `npm run keys` for both rings. Writes the new keys into the file. */
async function keys(action: string, kids: Partial<Record<(typeof RINGS)[number], string>> = {}) {
  for (const ring of RINGS) {
    const kid = kids[ring];
    const args = [action, ring, ...(kid === undefined ? [] : [kid]), "--from", file, "--to", file];
    const { code, stderr } = await runKeys(cluster.databaseAddress, args);
    expect({ action, ring, code, stderr }).toEqual({ action, ring, code: 0, stderr: "" });
  }
}

const kidAt = async (place: number) => {
  const rings = await readRings(file, {});
  return {
    mailbox: listKids(rings, "mailbox")[place] ?? "",
    partner: listKids(rings, "partner")[place] ?? "",
  };
};

/** Starts an instance with the keys in the file. */
async function joinWithKeys(name: string): Promise<Program> {
  const { mailbox, partner } = await readRings(file, {});
  return cluster.join(name, {
    MAILBOX_PRIVATE_KEYS: JSON.stringify(mailbox),
    PARTNER_KEYS: JSON.stringify(partner),
  });
}

/** Adds revoked API keys to the partner. They are sealed with the key that the test retires. */
async function addApiKeys(): Promise<void> {
  const { partnerVault } = createVaults(parseRings(cluster.keys));
  const rows = Array.from({ length: MORE_KEYS }, async () => {
    const id = newId("key");
    return { id, sealed: await partnerVault.seal(`api_keys/${id}/key`, id) };
  });
  await cluster.db.execute(sql`
    insert into api_keys (id, partner_id, prefix, key_hash, sealed_key, revoked_at)
    select row.id, partners.id, '', row.id, sealed, now()
    from partners, jsonb_to_recordset(${JSON.stringify(await Promise.all(rows))}::jsonb) as row (id text, sealed text)`);
}

/**
 * Waits until the fleet has read all changes of users up to now. Makes one more change and waits
 * for its effect, because the fleet reads changes in order.
 */
async function untilChangesAreRead(): Promise<void> {
  const stop = new AbortController();
  let isTold = false;
  cluster.sink.listen(({ body }) => {
    isTold ||= body.includes('"user_tag":"renamed"');
  }, stop.signal);
  await cluster.db.execute(sql`update users set tag = 'renamed' where tag = ${cluster.logins[0]}`);
  await eventually("a webhook with the new name", () => (isTold ? true : undefined));
  stop.abort();
}

test("keys are rotated in a running fleet: no mail is lost, no signature is wrong, no user logs in again", async () => {
  const stop = new AbortController();
  let instance = await joinWithKeys("a");
  await cluster.untilShared(["a"]);
  const sending = cluster.ledger.keepSending(20, stop.signal);
  const roll = async (name: string) => {
    const next = await joinWithKeys(name);
    await instance.stop("SIGTERM");
    instance = next;
    await cluster.untilShared([name]);
  };
  const old = await kidAt(0);

  await keys("add");
  const fresh = await kidAt(1);
  await roll("b");
  await keys("activate", fresh);
  await roll("c");

  await addApiKeys();
  cluster.watchfulness.reset();
  await killReseal(cluster.databaseAddress, file, "api_keys.sealed_key: ");
  const rest = await runKeys(cluster.databaseAddress, ["reseal", "--from", file]);
  expect(rest).toMatchObject({ code: 0, stderr: "" });
  expect(Number(/Done: (\d+)/.exec(rest.stdout)?.[1])).toBeGreaterThan(USERS);
  await untilChangesAreRead();
  expect(cluster.logins.map(cluster.watchfulness.logins)).toEqual(cluster.logins.map(() => 0));
  await keys("retire", old);
  await roll("d");
  stop.abort();
  await sending;
  const { sent } = await cluster.ledger.settle();
  expect(sent).toBeGreaterThan(0);
  expect(await kidAt(1)).toEqual({ mailbox: "", partner: "" });
}, 300_000);
