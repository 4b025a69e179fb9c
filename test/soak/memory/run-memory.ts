import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { machine } from "../../../bench/figures.ts";
import { temporaryFolder } from "../../../dev/processes/temporary-folder.ts";
import { type Cluster, startCluster } from "../../faults/cluster.ts";
import type { ClusterPartner } from "../../faults/cluster-partner.ts";
import { sendSteadily } from "../../faults/send-steadily.ts";
import { seededRandom } from "../../imap-server/chaos/seeded-random.ts";
import { makeTestCertificate } from "../../imap-server/test-certificate.ts";
import { readRecords } from "../../stress/judging/read-records.ts";
import { countMails } from "../../stress/judging/tally.ts";
import { generateMail, type SentMail } from "../../stress/mail-generator.ts";
import { readTreeUsage } from "../../stress/process-usage.ts";
import type { MemoryReport, MemorySample } from "./memory-report.ts";

export interface MemoryOptions {
  users: number;
  /** The duration of the load, in minutes. */
  minutes: number;
  seed: number;
}

interface Tools {
  say(line: string): void;
  /** Ends the run early; it then rejects. */
  signal: AbortSignal;
}

/** A partner whose users all connect in the same way, and the mails sent to them. */
interface Half {
  partner: ClusterPartner;
  sent: SentMail[];
}

interface Load {
  cluster: Cluster;
  pid: number;
  halves: readonly Half[];
  logins: readonly string[];
  options: MemoryOptions;
}

/** Each session is ended by its server after this time. */
const SESSION_S = 300;
const MAILS_PER_S = 5;
const SAMPLE_MS = 10_000;
const MIN_SAMPLES = 40;
const PROGRESS_MS = 5 * 60_000;
const SETTLE_MS = 60_000;
const POLL_MS = 250;

/**
 * Starts an instance, and ends the session of each of its users every five minutes: half of them
 * connect with TLS, half with STARTTLS. Samples the memory of the instance meanwhile.
 */
export async function runMemory(options: MemoryOptions, tools: Tools): Promise<MemoryReport> {
  await using folder = await temporaryFolder();
  const tls = await makeTestCertificate();
  const caFile = join(folder.path, "ca.pem");
  await writeFile(caFile, tls.cert);
  await using cluster = await startCluster(0, { IMAP_CA_FILE: caFile }, { tls });
  const halves = await addHalves(cluster, options.users);
  const instance = await cluster.join("instance-1");
  await cluster.untilShared(["instance-1"]);
  const logins = halves.flatMap(({ partner }) => partner.logins);
  tools.say(`${logins.length} users are watched`);
  const load = { cluster, pid: instance.pid, halves, logins, options };
  const samples = await sampleUnderLoad(load, tools);
  const watching = await settle(load, tools.signal);
  return await report(load, samples, watching);
}

async function addHalves(cluster: Cluster, users: number): Promise<Half[]> {
  const { imap, db } = cluster;
  await db.execute(sql`
    insert into imap_providers (id, code, title, kind, imap_host, imap_port, imap_security) values
      ('prv_tls', 'TLS', 'TLS', 'plain', ${imap.host}, ${imap.tlsPort}, 'tls'),
      ('prv_starttls', 'STARTTLS', 'STARTTLS', 'plain', ${imap.host}, ${imap.port}, 'starttls')`);
  const half = Math.ceil(users / 2);
  return [
    { partner: await cluster.addPartner("tls", half, { providerId: "prv_tls" }), sent: [] },
    {
      partner: await cluster.addPartner("starttls", users - half, { providerId: "prv_starttls" }),
      sent: [],
    },
  ];
}

/** Runs the load for the whole duration. Returns the samples of the instance's memory. */
async function sampleUnderLoad(load: Load, { say, signal }: Tools): Promise<MemorySample[]> {
  const stop = new AbortController();
  const working = startLoad(load, AbortSignal.any([stop.signal, signal]));
  const durationMs = load.options.minutes * 60_000;
  const sampleMs = Math.min(SAMPLE_MS, durationMs / MIN_SAMPLES);
  const startMs = performance.now();
  const samples: MemorySample[] = [];
  let progressAtMs = PROGRESS_MS;
  try {
    for (let atMs = 0; atMs < durationMs;) {
      await delay(sampleMs, undefined, { signal });
      atMs = performance.now() - startMs;
      const usage = readTreeUsage(load.pid);
      if (!usage) throw new Error("Cannot sample the memory: the instance has ended");
      const sample = { atMs, rssMib: usage.rssMib, logins: load.cluster.imap.loginCount() };
      samples.push(sample);
      if (atMs < progressAtMs) continue;
      say(describeProgress(load, sample));
      progressAtMs += PROGRESS_MS;
    }
    return samples;
  } finally {
    stop.abort();
    await working;
  }
}

async function startLoad(
  { cluster, halves, logins, options: { seed } }: Load,
  stop: AbortSignal,
): Promise<void> {
  const random = seededRandom(seed);
  const ratePerS = MAILS_PER_S / halves.length;
  const inTurn = logins
    .map((login) => ({ login, place: random() }))
    .toSorted((one, other) => one.place - other.place);
  let ended = 0;
  const endSessions = (count: number) => {
    for (let i = 0; i < count; i++)
      cluster.imap.disconnectAll(inTurn[ended++ % inTurn.length]?.login);
  };
  await Promise.all([
    sendSteadily(logins.length / SESSION_S, endSessions, stop),
    ...halves
      .filter(({ partner }) => partner.logins.length > 0)
      .map(({ partner, sent }) =>
        generateMail(cluster.imap, sent, { logins: partner.logins, seed, random, ratePerS }, stop),
      ),
  ]);
}

function describeProgress(
  { cluster, halves }: Load,
  { atMs, rssMib, logins }: MemorySample,
): string {
  const sent = halves.reduce((sum, half) => sum + half.sent.length, 0);
  const delivered = halves.reduce((sum, { partner }) => sum + partner.receipts.count(), 0);
  const watched = cluster.imap.connectionCount();
  return `${Math.round(atMs / 60_000)} min: ${rssMib.toFixed(1)} MiB, ${logins} logins, ${watched} connections, ${delivered} of ${sent} mails delivered`;
}

/**
 * Waits until all mails are delivered and all users are watched, but at most SETTLE_MS. Returns how
 * many users are watched.
 */
async function settle(load: Load, signal: AbortSignal): Promise<number> {
  const deadlineMs = performance.now() + SETTLE_MS;
  for (;;) {
    const watching = await countWatching(load);
    const isDelivered = load.halves.every(
      ({ partner, sent }) => partner.receipts.count() === sent.length,
    );
    const isSettled = isDelivered && watching === load.logins.length;
    if (isSettled || performance.now() > deadlineMs) return watching;
    await delay(POLL_MS, undefined, { signal });
  }
}

/** Returns how many users have the state `watching` and one connection. */
async function countWatching({ cluster, logins }: Load): Promise<number> {
  const { rows } = await cluster.db.execute<{ tag: string }>(
    sql`select tag from users where state = 'watching'`,
  );
  const tags = new Set(rows.map(({ tag }) => tag));
  return logins.filter((login) => tags.has(login) && cluster.imap.connectionCount(login) === 1)
    .length;
}

async function report(
  { cluster, halves, logins }: Load,
  samples: readonly MemorySample[],
  watching: number,
): Promise<MemoryReport> {
  const records = await readRecords(cluster.db, []);
  const counts = halves.map(({ partner, sent }) => countMails(sent, partner.receipts, records));
  const totals = halves.map(({ partner }) => partner.receipts.totals());
  const sum = <T>(of: readonly T[], count: (one: T) => number) =>
    of.reduce((total, one) => total + count(one), 0);
  return {
    ranOn: machine(),
    samples,
    users: logins.length,
    watching,
    logins: cluster.imap.loginCount(),
    sent: sum(counts, ({ toDeliver }) => toDeliver),
    delivered: sum(counts, ({ delivered }) => delivered),
    lost: sum(counts, ({ lost }) => lost),
    repeated: sum(totals, ({ doubled }) => doubled),
    wrong: sum(totals, (one) => one.forged + one.idsWithTwoBodies + one.mailsWithTwoIds),
  };
}
