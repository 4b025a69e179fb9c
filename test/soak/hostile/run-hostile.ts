import { setTimeout as delay } from "node:timers/promises";
import { machine, percentile } from "../../../bench/figures.ts";
import type { Program } from "../../../dev/processes/program.ts";
import { type Cluster, startCluster } from "../../faults/cluster.ts";
import { seededRandom } from "../../imap-server/chaos/seeded-random.ts";
import { generateMail, type SentMail } from "../../stress/mail-generator.ts";
import { readTreeUsage } from "../../stress/process-usage.ts";
import { measureLatencies } from "../../stress/judging/tally.ts";
import { addHostileUsers } from "./hostile-users.ts";

export interface HostileOptions {
  /** The number of honest users, whose mail server works normally. */
  users: number;
  hostile: number;
  /** Mails per second to all honest users together. */
  ratePerS: number;
  /** The duration of each of the two measurements. Only the second has hostile users. */
  seconds: number;
  /** Additional settings of the fleet instance. */
  env?: Readonly<Record<string, string>>;
}

interface Figures {
  p50Ms: number;
  p99Ms: number;
  /** The longest time that the instance's event loop was blocked, in ms. */
  longestStallMs: number;
  maxRssMib: number;
  cpuShare: number;
}

export interface HostileReport {
  ranOn: string;
  /** The number of mails that were sent to the honest users. */
  sent: number;
  delivered: number;
  quiet: Figures;
  attacked: Figures;
  /** The number of connections that the hostile server has accepted. */
  connections: number;
  sentMib: number;
  /** The number of hostile users with each state and reason, at the end. */
  states: Record<string, number>;
}

const SAMPLE_MS = 500;
const SETTLE_MS = 60_000;

/** Starts an instance with honest users. Measures it, adds hostile users, and measures it again. */
export async function runHostile(
  options: HostileOptions,
  say: (line: string) => void,
): Promise<HostileReport> {
  await using cluster = await startCluster(options.users, options.env ?? {});
  const instance = await cluster.join("instance-1");
  await cluster.untilShared(["instance-1"]);
  const [url] = (await cluster.logged("operations.served")).map((line) => urlIn(line));
  const sent: SentMail[] = [];
  const load = { cluster, instance, sent, metricsUrl: `${url}/metrics`, options };
  say(`${options.users} honest users are watched`);
  const quiet = await measure(load);
  say(`Quiet: ${describe(quiet)}`);
  await using hostile = await addHostileUsers(cluster, options.hostile);
  const attacked = await measure(load);
  say(`With ${options.hostile} hostile users: ${describe(attacked)}`);
  const { connections, sentBytes } = await hostile.counts();
  return {
    ranOn: machine(),
    sent: sent.length,
    delivered: countDelivered(cluster, sent),
    quiet,
    attacked,
    connections,
    sentMib: sentBytes / 2 ** 20,
    states: await hostile.states(),
  };
}

const countDelivered = ({ receipts }: Cluster, sent: readonly SentMail[]): number =>
  sent.filter(({ n }) => receipts.firstAtMs(n) !== undefined).length;

/** Waits until all mails are delivered, but at most SETTLE_MS. */
async function untilDelivered(cluster: Cluster, sent: readonly SentMail[]): Promise<void> {
  const deadlineMs = performance.now() + SETTLE_MS;
  while (countDelivered(cluster, sent) < sent.length && performance.now() < deadlineMs)
    await delay(SAMPLE_MS);
}

interface Load {
  cluster: Cluster;
  instance: Program;
  sent: SentMail[];
  metricsUrl: string;
  options: HostileOptions;
}

async function measure({ cluster, instance, sent, metricsUrl, options }: Load): Promise<Figures> {
  const first = sent.length;
  const before = readTreeUsage(instance.pid);
  const startMs = performance.now();
  const stop = AbortSignal.timeout(options.seconds * 1_000);
  const random = seededRandom(1);
  const plan = { logins: cluster.logins, seed: 1, random, ratePerS: options.ratePerS };
  const sending = generateMail(cluster.imap, sent, plan, stop);
  let longestStallMs = 0;
  let maxRssMib = 0;
  await readLag(metricsUrl);
  while (!stop.aborted) {
    await delay(SAMPLE_MS);
    longestStallMs = Math.max(longestStallMs, await readLag(metricsUrl));
    maxRssMib = Math.max(maxRssMib, readTreeUsage(instance.pid)?.rssMib ?? 0);
  }
  await sending;
  const after = readTreeUsage(instance.pid);
  await untilDelivered(cluster, sent);
  const latencies = measureLatencies(sent.slice(first), cluster.receipts);
  return {
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    longestStallMs,
    maxRssMib,
    cpuShare: ((after?.cpuMs ?? 0) - (before?.cpuMs ?? 0)) / (performance.now() - startMs),
  };
}

/** Returns the longest time that the event loop was blocked since the previous request, in ms. */
async function readLag(url: string): Promise<number> {
  const text = await (await fetch(url)).text();
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(text)?.[1] ?? NaN) * 1_000;
}

const urlIn = (line: string) => /"url":"([^"]+)"/.exec(line)?.[1];

const describe = ({ p50Ms, p99Ms, longestStallMs, maxRssMib, cpuShare }: Figures): string =>
  `p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms, longest stall ${longestStallMs.toFixed(0)} ms, ${maxRssMib.toFixed(0)} MiB, ${(cpuShare * 100).toFixed(0)} % of a core`;
