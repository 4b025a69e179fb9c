import { loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { machine } from "../../bench/figures.ts";
import type { Program } from "../../dev/processes/program.ts";
import { untilAborted } from "../../shared/concurrency/until-aborted.ts";
import { type Cluster, startCluster } from "../faults/cluster.ts";
import { type Chaos, createChaos } from "../imap-server/chaos/chaos.ts";
import { type ChaosWeights, DEFAULT_WEIGHTS } from "../imap-server/chaos/chaos-kind.ts";
import { seededRandom } from "../imap-server/chaos/seeded-random.ts";
import { describeLosses } from "./judging/describe-losses.ts";
import { judgeRun, type Notes, type Ran, type Run } from "./judging/judge-run.ts";
import { killInstances } from "./kill-instances.ts";
import { generateMail, type SentMail } from "./mail-generator.ts";
import { reportProgress, type StressProgress } from "./progress-lines.ts";
import { readRecords, type Records } from "./judging/read-records.ts";
import { sampleProcesses } from "./sample-processes.ts";
import type { StressOptions } from "./stress-options.ts";
import type { StressReport } from "./report/stress-report.ts";
import { countMails } from "./judging/tally.ts";

export interface StressDeps {
  say(line: string): void;
  signal: AbortSignal;
  /** How often the mail server gives each kind of wrong answer. Default: DEFAULT_WEIGHTS. */
  weights?: ChaosWeights;
}

/**
 * Intervals and time limits that are short enough for a run of two minutes. Their proportions are
 * those of the defaults.
 */
const SETTINGS = {
  HEARTBEAT_INTERVAL: "1",
  HEARTBEAT_TTL: "4",
  REBALANCE_INTERVAL: "1",
  CLAIM_DELAY: "0.5",
  LOGIN_RATE: "1000",
  IMAP_CONNECT_TIMEOUT: "5",
  IMAP_GREETING_TIMEOUT: "3",
  IMAP_COMMAND_TIMEOUT: "10",
  PARKED_RETRY_INTERVAL: "5",
  LOOK_INTERVAL: "5",
  CONFIRM_REFUSAL_DELAY: "5",
  RETRY_SCHEDULE: "0.2,0.5,1,2,4,8",
  BREAKER_OPEN: "0.5",
};
/**
 * How long the run waits for mail after the load: longer than a user's longest back-off (6 min)
 * plus the time after which NATS redelivers an unacknowledged event.
 */
const SETTLE_MS = 8 * 60_000;
const SETTLE_POLL_MS = 500;

/**
 * Puts a fleet under load, lets its mail server lie, kills its processes, and judges the result.
 */
export async function runStress(
  options: StressOptions,
  deps: StressDeps,
): Promise<{ report: StressReport; plot: string }> {
  const chaos = createChaos({ seed: options.seed, weights: deps.weights ?? DEFAULT_WEIGHTS });
  chaos.pause();
  const ranOn = `${machine()}, load ${loadavg()[0]?.toFixed(1)} before the run`;
  await using cluster = await startCluster(options.users, SETTINGS, { chaos });
  const interrupted = untilAborted(deps.signal).then(() => deps.signal.throwIfAborted());
  const instances = await Promise.race([startInstances(cluster, options, deps), interrupted]);
  if (!instances) throw new Error("Cannot run the stress test: it was interrupted");
  const deaths = [...instances.values()].map(async ({ died }) => {
    throw await died;
  });
  const over = new AbortController();
  const signal = AbortSignal.any([deps.signal, over.signal]);
  const run: Run = { cluster, chaos, instances, options };
  const loading = load(run, { ...deps, signal });
  try {
    const ran = await Promise.race([loading, ...deaths]);
    return judgeRun(run, { ...ran, machine: ranOn, settings: SETTINGS });
  } finally {
    over.abort();
    await Promise.allSettled([loading]);
    // SIGTERM would start a handover, but no instance is left to take over.
    await Promise.all([...instances.values()].map((program) => program.stop("SIGKILL")));
  }
}

async function startInstances(
  cluster: Cluster,
  { instances, users }: StressOptions,
  { say }: StressDeps,
): Promise<Map<string, Program>> {
  const names = Array.from({ length: instances }, (_, i) => `instance-${i + 1}`);
  const programs = await Promise.all(names.map((name) => cluster.join(name)));
  await cluster.untilShared(names);
  say(`${instances} instances watch ${users} users`);
  return new Map(programs.map((program, i) => [names[i] ?? "", program]));
}

/**
 * Runs the load with lies and kills. Waits afterwards until every mail is delivered or recorded.
 */
async function load(
  { cluster, chaos, instances, options }: Run,
  { say, signal }: StressDeps,
): Promise<Ran> {
  const notes = takeNotes(cluster);
  const { seed, ratePerS, killEveryMs } = options;
  const rest = new AbortController();
  const loaded = AbortSignal.any([signal, rest.signal, AbortSignal.timeout(options.loadMs)]);
  const observed = AbortSignal.any([signal, rest.signal]);
  const progress = () => measureProgress(cluster, chaos, notes);
  const observing = [
    reportProgress(say, progress, observed),
    sampleProcesses(listPids(cluster, instances), notes.samples, observed),
    countLies(chaos, notes, observed),
  ];
  try {
    if (options.hasChaos) chaos.resume();
    const plan = { logins: cluster.logins, seed, random: seededRandom(seed + 1), ratePerS };
    const kills = { everyMs: killEveryMs ?? 0, random: seededRandom(seed + 2) };
    await Promise.all([
      generateMail(cluster.imap, notes.sent, plan, loaded),
      killEveryMs === null
        ? undefined
        : killInstances(instances, kills, (kill) => notes.kills.push(kill), loaded),
    ]);
    chaos.pause();
    signal.throwIfAborted();
    say("The mail server tells the truth, and nobody is killed any more");
    const calmMs = performance.now();
    const records = await settle(cluster, notes.sent, signal);
    for (const line of await describeLosses(cluster, notes.sent, records)) say(line);
    return { notes, records, settledMs: performance.now() - calmMs };
  } finally {
    rest.abort();
    await Promise.all(observing);
  }
}

function takeNotes(cluster: Cluster): Notes {
  const startMs = performance.now();
  const notes: Notes = { startMs, sent: [], kills: [], samples: [], loginsAtMs: [], lies: [] };
  cluster.imap.events.addEventListener("login", () => notes.loginsAtMs.push(performance.now()));
  return notes;
}

function listPids(
  { programs }: Cluster,
  instances: ReadonlyMap<string, Program>,
): Map<string, () => number> {
  const { nats, postgres } = programs;
  const all = { nats, postgres, ...Object.fromEntries(instances) };
  const pids = Object.entries(all).map(([name, program]) => [name, () => program.pid] as const);
  return new Map([["mail server and sink", () => process.pid], ...pids]);
}

const measureProgress = (
  { receipts, imap }: Cluster,
  chaos: Chaos,
  notes: Notes,
): StressProgress => ({
  elapsedMs: performance.now() - notes.startMs,
  sent: notes.sent.length,
  arrived: receipts.count(),
  kills: notes.kills.length,
  lies: countAll(chaos),
  connections: imap.connectionCount(),
});

const countAll = (chaos: Chaos) =>
  Object.values(chaos.counts()).reduce((sum, count) => sum + count, 0);

async function countLies(chaos: Chaos, { lies }: Notes, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    lies.push({ atMs: performance.now(), count: countAll(chaos) });
    await delay(SETTLE_POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Waits until every mail is delivered or recorded, but not longer than SETTLE_MS. */
async function settle(
  { db, receipts }: Cluster,
  sent: readonly SentMail[],
  signal: AbortSignal,
): Promise<Records> {
  const deadlineMs = performance.now() + SETTLE_MS;
  for (;;) {
    const records = await readRecords(db, receipts.severalIds().flat());
    const { lost, parked, queued, toSkip, skipped } = countMails(sent, receipts, records);
    const isSettled = lost + parked + queued === 0 && skipped === toSkip;
    if (isSettled || performance.now() > deadlineMs) return records;
    await delay(SETTLE_POLL_MS, undefined, { signal });
  }
}
