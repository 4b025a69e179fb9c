import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import * as v from "valibot";
import { readJsonFile } from "../dev/processes/private-file.ts";
import { runningProcess } from "../dev/processes/running-process.ts";
import type { EdgePlatform } from "../dev/servers/edge.ts";
import { startOwnDatabaseStack } from "../test/harness/stacks/database-stack.ts";
import { startEdgeStack } from "../test/harness/stacks/edge-stack.ts";
import { showMemory } from "./edge/memory.ts";
import { machine, readUsage, spread } from "./figures.ts";

const AT_ONCE = 10;
const SECONDS = 8;
const WARM_UP = 300;
const PARTNERS = 3;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

/**
 * Measures how many requests of the API an edge answers that runs as a process, with ten at a time,
 * the CPU time of each, and the memory over 20,000 requests. The client and PostgreSQL are on the same machine.
 */
export async function benchEdgeServer(platform: EdgePlatform = "bun"): Promise<void> {
  await using stack = await startEdgeStack(await startOwnDatabaseStack(), {
    platform,
    settings: { RATE_LIMIT: "0" },
  });
  const edge = await readJsonFile(join(stack.context.folder.run, "edge.json"), runningProcess);
  const postgres = stack.programs.postgres.pid;
  const keys: string[] = [];
  const ask = (method: string, path: string, n: number, body?: object) =>
    send(`${stack.url}${path}`, method, keys[n % PARTNERS] ?? "", body && JSON.stringify(body));
  const users = "/api/v1/connections/PLAIN/users";
  const create = (n: number) =>
    ask("POST", users, n, { tag: `u${n}`, login_username: "u", login_password: "p" });
  for (let n = 0; n < PARTNERS; n++) {
    keys.push((await stack.newPartner()).apiKey);
    await ask("POST", "/api/v1/connections", n, { imap_provider_code: "PLAIN" });
    await create(n);
  }
  const routes: [name: string, ask: (n: number) => Promise<void>][] = [
    ["GET /healthz", (n) => ask("GET", "/healthz", n)],
    ["GET a user", (n) => ask("GET", `${users}/u${n % PARTNERS}`, n)],
    ["POST a user", create],
  ];
  console.log(`edge under ${platform}, on ${machine()}: with PostgreSQL and the client on it`);
  let n = PARTNERS;
  await showMemory({ edge: [edge?.pid ?? 0] }, () =>
    ask("GET", `${users}/u${n++ % PARTNERS}`, n - 1),
  );
  for (const [name, one] of routes) {
    for (let round = 0; round < WARM_UP; round++) await one(n++);
    const cpuBefore = [sumCpuMs([edge?.pid ?? 0]), sumCpuMs(withChildren(postgres))];
    const timesMs: number[] = [];
    const end = performance.now() + SECONDS * 1_000;
    const worker = async () => {
      while (performance.now() < end) {
        const start = performance.now();
        await one(n++);
        timesMs.push(performance.now() - start);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const cpuAfter = [sumCpuMs([edge?.pid ?? 0]), sumCpuMs(withChildren(postgres))];
    const each = cpuAfter.map((ms, i) => (ms - (cpuBefore[i] ?? 0)) / timesMs.length);
    const [edgeMs = 0, postgresMs = 0] = each;
    console.log(
      `  ${name}: ${Math.round(timesMs.length / SECONDS)}/s, ${spread(timesMs)}; CPU of each: edge ${edgeMs.toFixed(2)} ms, PostgreSQL ${postgresMs.toFixed(2)} ms`,
    );
  }
}

/** Sends a request on a connection that is kept. Rejects when it is not answered with success. */
async function send(url: string, method: string, key: string, body?: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = { "x-api-key": key, ...(body && { "content-type": "application/json" }) };
  const asking = request(url, { method, agent, headers }, (answer) => {
    answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
  });
  asking.once("error", reject).end(body);
  const status = await promise;
  if (status >= 300) throw new Error(`Cannot ${method} ${url}: it was answered ${status}`);
}

const pids = v.pipe(
  v.string(),
  v.transform((text) => text.split(" ").filter(Boolean).map(Number)),
);
const withChildren = (pid: number) => [
  pid,
  ...v.parse(pids, readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")),
];

const sumCpuMs = (of: readonly number[]) => of.reduce((sum, pid) => sum + readUsage(pid).cpuMs, 0);
