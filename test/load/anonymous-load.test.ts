import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAdmin } from "../../db/admin/admin-users.ts";
import { newApiKey } from "../../shared/secrets/api-key.ts";
import { CONNECT_LINK_TTL_MS } from "../../shared/secrets/connect-link.ts";
import { newId } from "../../shared/ids.ts";
import { createApiCaller } from "../harness/api-caller.ts";
import type { EdgeStack } from "../harness/stacks/edge-stack.ts";
import { startOwnEdge } from "../harness/stacks/open-edge.ts";

const CONNECTIONS = 8;
const LOAD_MS = 8_000;
/** The time between two requests. This makes 100 requests per second. */
const EVERY_MS = 10;
const ADMIN = "owl@example.com";

let edge: EdgeStack;
beforeAll(async () => {
  edge = await startOwnEdge({ settings: { EDGE_DATABASE_CONNECTIONS: String(CONNECTIONS) } });
});
afterAll(() => edge?.[Symbol.asyncDispose]());

/**
 * Returns the address of a sender. Half of the requests come from one address. Each other request
 * comes from a different /64 network.
 */
const makeSender = (n: number) =>
  n % 8 < 4 ? "203.0.113.7" : `2001:db8:${n.toString(16)}:${(n % 97).toString(16)}::1`;

/**
 * The most expensive requests without an account. Some of them contain a valid checksum or
 * signature, so that the edge does more work before it refuses them.
 */
const ATTACKS: readonly ((headers: Record<string, string>) => Promise<Response>)[] = [
  // The checksum of this invented key is valid. Computing it needs no secret.
  async (headers) =>
    fetch(`${edge.url}/api/v1/connections`, {
      headers: { ...headers, "x-api-key": (await newApiKey()).key },
    }),
  (headers) => fetch(`${edge.url}/api/v1/connections?api_key=${crypto.randomUUID()}`, { headers }),
  (headers) =>
    fetch(`${edge.url}/admin/api/session`, {
      method: "POST",
      headers: {
        ...headers,
        origin: edge.url,
        "sec-fetch-site": "same-origin",
        "content-type": "application/json",
      },
      body: JSON.stringify({ email: ADMIN, password: crypto.randomUUID() }),
    }),
  // The signature is valid, so the edge looks for the user.
  async (headers) =>
    fetch(
      await edge.links.signUrl({
        purpose: "connect",
        userId: newId("usr"),
        linkId: newId("lnk"),
        expiresAtMs: Date.now() + CONNECT_LINK_TTL_MS,
      }),
      { headers },
    ),
];

test("100 anonymous requests a second delay no partner, and open few connections", async () => {
  await createAdmin(edge.db, "test", {
    email: ADMIN,
    name: "Owl",
    role: "owner",
    password: "correct horse battery staple",
    passwordKind: "chosen",
  });
  const [partner, latecomer] = [await edge.newPartner(), await edge.newPartner()];
  const call = createApiCaller(edge.url, partner.apiKey);
  /**
   * Calls the API, and /healthz at the same time. Subtracts the time of /healthz, because a busy
   * machine delays every request.
   */
  const ask = async () => {
    const startedAtMs = performance.now();
    const [healthzMs, answer] = await Promise.all([
      fetch(`${edge.url}/healthz`)
        .then((healthz) => healthz.text())
        .then(() => performance.now() - startedAtMs),
      call("GET", "/connections"),
    ]);
    const tookMs = performance.now() - startedAtMs;
    return { status: answer.status, tookMs, ownMs: tookMs - healthzMs };
  };
  await ask();
  const countConnections = async () => {
    const [row] = await edge.query(
      "select count(*)::int as n from pg_stat_activity where datname = current_database()",
    );
    return Number(row?.["n"]);
  };
  const before = await countConnections();

  const load = new AbortController();
  const statuses = new Map<number, number>();
  const endsAtMs = performance.now() + LOAD_MS;
  const attack = async () => {
    const sent: Promise<void>[] = [];
    for (let n = 0; performance.now() < endsAtMs; n++) {
      const send = ATTACKS[n % ATTACKS.length];
      if (send) sent.push(note(send({ "cf-connecting-ip": makeSender(n) })));
      await delay(EVERY_MS);
    }
    await Promise.all(sent);
    load.abort();
  };
  const note = async (sent: Promise<Response>) => {
    const { status, headers, body } = await sent;
    await body?.cancel();
    if (status === 429) expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  const answers: Awaited<ReturnType<typeof ask>>[] = [];
  const partnerAsks = async () => {
    while (!load.signal.aborted) {
      answers.push(await ask());
      await delay(100);
    }
  };
  let most = 0;
  const watchConnections = async () => {
    while (!load.signal.aborted) {
      most = Math.max(most, await countConnections());
      await delay(20);
    }
  };
  const late: number[] = [];
  const latecomerAsks = async () => {
    await delay(LOAD_MS / 2);
    const headers = { "cf-connecting-ip": "198.51.100.20" };
    while (late.at(-1) !== 200 && late.length < 100) {
      late.push(
        (await createApiCaller(edge.url, latecomer.apiKey)("GET", "/connections", { headers }))
          .status,
      );
    }
  };
  await Promise.all([attack(), partnerAsks(), watchConnections(), latecomerAsks()]);

  const own = answers.map(({ ownMs }) => Math.round(ownMs)).toSorted((a, b) => a - b);
  const refusals = [...statuses.keys()].toSorted((a, b) => a - b);
  const isRefusal = (status: number) => [401, 410, 429, 503].includes(status);
  expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
  expect(own.at(own.length / 2)).toBeLessThan(1_000);
  expect(most - before).toBeLessThanOrEqual(CONNECTIONS);
  expect(late.at(-1)).toBe(200);
  expect(refusals).toContain(429);
  expect(refusals.filter((status) => !isRefusal(status))).toEqual([]);
});
