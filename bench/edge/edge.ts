import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { inCheckout } from "../../dev/checkout.ts";
import { startEdge } from "../../dev/servers/edge.ts";
import { startAnsweringFleet } from "../../test/edge/answering-fleet.ts";
import { startOwnDatabaseStack } from "../../test/harness/stacks/database-stack.ts";
import { openEdgeStack } from "../../test/harness/stacks/edge-stack.ts";
import { type SlowLink, startSlowLink } from "../../test/harness/network/slow-link.ts";
import { machine, percentile, readUsage } from "../figures.ts";
import { type ApiRoute, type ApiWorld, newApiWorld } from "./api-world.ts";
import { showMemory } from "./memory.ts";

const DELAY_MS = 50;
const ROUNDS = 5;
/** CPU times are counted in steps of 10 ms (proc(5)), so this many requests are needed. */
const CPU_REQUESTS = 200;
const LOAD_SECONDS = 5;
/** The routes that partners call most. */
const HOT = [
  "GET /connections",
  "GET /connections/:code/users",
  "GET /connections/:code/users/:tag",
  "GET /events",
  "POST /connections/:code/users",
  "PUT /connections/:code/users/:tag",
];

/**
 * Measures the API of partners: the round trips to the database that each route waits for, its time
 * when a round trip takes 50 ms, the CPU time of workerd, its memory over 20,000 requests, and how
 * many requests one isolate answers.
 */
export async function benchEdge(): Promise<void> {
  await using database = await startOwnDatabaseStack();
  const { context } = database;
  await using link = await startSlowLink(context.ports.database_proxy);
  const config = await writeConfig(context.folder.root);
  await using program = await startEdge(context, {
    platform: "workerd",
    config,
    settings: { DATABASE_PROXY: link.address },
  });
  await using stack = await openEdgeStack(context);
  await using _fleet = startAnsweringFleet(stack);
  const workerd = findChildren(program.pid, "workerd");
  const world = await newApiWorld(stack);

  console.log(`edge, on ${machine()}: workerd, Postgres and its proxy on it`);
  console.log(`round trips, and the time (p50) when each takes ${DELAY_MS} ms:`);
  for (const route of world.routes) await showRoundTrips(world, route, link);

  link.delayMs = 0;
  const health = () => fetch(`${stack.url}/healthz`).then((answer) => answer.text());
  const idleMs = await measureCpu(workerd, health);
  console.log(`CPU time of workerd per request: /healthz ${idleMs.toFixed(1)} ms`);
  for (const route of pickHot(world)) {
    const cpuMs = await measureCpu(workerd, () => sendOnce(world, route));
    console.log(`  ${route.method} ${route.path}: ${cpuMs.toFixed(1)} ms`);
  }

  const [, , oneUser] = pickHot(world);
  if (oneUser) {
    const servers = { workerd, "development server": [program.pid] };
    await showMemory(servers, () => sendOnce(world, oneUser));
  }

  console.log("requests per second, and p99:");
  for (const route of pickHot(world)) {
    for (const atOnce of [1, 10, 50]) {
      console.log(
        `  ${route.method} ${route.path}, ${atOnce} at a time: ${await load(world, route, atOnce)}`,
      );
    }
  }
}

async function showRoundTrips(world: ApiWorld, route: ApiRoute, link: SlowLink): Promise<void> {
  const plain = await measureRoundTrips(world, route, link);
  const cells = [`${route.method} ${route.path}`, plain];
  if (route.method !== "GET") cells.push(await measureRoundTrips(world, route, link, true));
  console.log(`  | ${cells.join(" | ")} |`);
}

async function measureRoundTrips(
  world: ApiWorld,
  route: ApiRoute,
  link: SlowLink,
  isIdempotent = false,
): Promise<string> {
  const timesMs: number[] = [];
  const counts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    link.delayMs = 0;
    const request = await route.prepare();
    await delay(50);
    link.delayMs = DELAY_MS;
    const before = link.countRoundTrips();
    const start = performance.now();
    const headers = isIdempotent ? { "idempotency-key": crypto.randomUUID() } : {};
    await world.send(route.method, request, headers);
    timesMs.push(performance.now() - start);
    counts.push(link.countRoundTrips() - before);
    await delay(2 * DELAY_MS);
  }
  const trips = [...new Set(counts)].toSorted((a, b) => a - b).join(" or ");
  return `${trips} (${(percentile(timesMs, 0.5) / 1_000).toFixed(2)} s)`;
}

async function measureCpu(pids: readonly number[], send: () => Promise<unknown>): Promise<number> {
  for (let warmUp = 0; warmUp < 20; warmUp++) await send();
  const readCpuMs = () => pids.reduce((sum, pid) => sum + readUsage(pid).cpuMs, 0);
  const before = readCpuMs();
  for (let request = 0; request < CPU_REQUESTS; request++) await send();
  return (readCpuMs() - before) / CPU_REQUESTS;
}

async function load(world: ApiWorld, route: ApiRoute, atOnce: number): Promise<string> {
  const timesMs: number[] = [];
  const endsAt = performance.now() + LOAD_SECONDS * 1_000;
  let failed = 0;
  const sendAll = async () => {
    while (performance.now() < endsAt) {
      const start = performance.now();
      await sendOnce(world, route).catch(() => failed++);
      timesMs.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sendAll));
  const perSecond = Math.round(timesMs.length / LOAD_SECONDS);
  return `${perSecond}/s, p99 ${percentile(timesMs, 0.99).toFixed(0)} ms${failed > 0 ? `, ${failed} failed` : ""}`;
}

const sendOnce = async (world: ApiWorld, route: ApiRoute) =>
  world.send(route.method, await route.prepare());

const pickHot = ({ routes }: ApiWorld) =>
  routes.filter(({ method, path }) => HOT.includes(`${method} ${path}`));

/** Writes the configuration of the Worker without its rate limit. */
async function writeConfig(folder: string): Promise<string> {
  const config = readFileSync(inCheckout("wrangler.toml"), "utf8")
    .replaceAll(/^\[\[ratelimits\]\]\n(.+\n)+\n?\[ratelimits\.simple\]\n(.+\n)+/gm, "")
    .replace('main = "', `main = "${inCheckout()}/`)
    .replace('directory = "', `directory = "${inCheckout()}/`);
  const path = join(folder, "wrangler.toml");
  await writeFile(path, config);
  return path;
}

/** Returns the process ids of a program that a process, or one of its children, started. */
function findChildren(parent: number, name: string): number[] {
  const children = readdirSync("/proc").filter(
    (entry) => /^\d+$/.test(entry) && Number(readStat(entry)[2]) === parent,
  );
  return children.flatMap((pid) => [
    ...(readStat(pid)[1] === name ? [Number(pid)] : []),
    ...findChildren(Number(pid), name),
  ]);
}

function readStat(pid: string): string[] {
  try {
    return /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
  } catch {
    // The process has ended meanwhile.
    return [];
  }
}
