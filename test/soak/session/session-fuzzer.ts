import { BODIES, EVENTS } from "../../../fleet/bus/subjects.ts";
import { type FleetStack, startOwnFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { startInHouse } from "../../harness/mail-servers/in-house-mail-server.ts";
import { startSessionStack } from "../../mailbox/session-stack.ts";
import type { FuzzFinding } from "../finding.ts";
import type { Fuzzer } from "../fuzz.ts";
import { settledMib, watchProcess } from "./process-watch.ts";
import { runSessions } from "./session-run.ts";

export interface SessionFuzzerSettings {
  liesMs?: number;
  recoveryMs?: number;
  /** Starts the servers that the sessions need. Default: startOwnFleetStack(). */
  startFleet?: () => Promise<FleetStack>;
}

/**
 * The time limit for recovery. It is long because the wait for a parked mail doubles each time, and
 * because machines may be busy.
 */
const RECOVERY_MS = 60_000;
const LIES_MS = 3_000;
/**
 * The most memory that a run may use in addition to the memory at its start. A client must not
 * allocate 4 GiB when a server announces such a literal.
 */
const MAX_PEAK_MIB = 256;
/**
 * The maximum growth of the memory use after the first runs. In the first runs, code is compiled
 * and pools are filled.
 */
const MAX_GROWTH_MIB = 96;
const WARM_UP_RUNS = 3;
/** The maximum number of notes and of log lines in a finding. The newest are kept. */
const MAX_NOTES = 20_000;

type SessionFault = Pick<FuzzFinding, "kind" | "detail">;

/**
 * Creates a fuzzer whose runs pass mutated answers of an IMAP server to sessions. A run takes a few
 * seconds and has a few users.
 */
export async function startSessionFuzzer({
  liesMs = LIES_MS,
  recoveryMs = RECOVERY_MS,
  startFleet = startOwnFleetStack,
}: SessionFuzzerSettings = {}): Promise<Fuzzer> {
  const stack = await startSessionStack(startInHouse, startFleet);
  const { jsm } = stack.bus;
  const growth = watchGrowth();
  let mutated = 0;
  const skipped = new Map<string, number>();
  return {
    name: "session",
    async run(seed, signal) {
      stack.log.lines.length = 0;
      const notes: string[] = [];
      using watch = watchProcess();
      const faults: SessionFault[] = await runSessions(stack, {
        seed,
        liesMs,
        recoveryMs,
        signal,
        note: (line) => void notes.push(line),
        onMutated: () => mutated++,
        onSkipped: (reason) => void skipped.set(reason, (skipped.get(reason) ?? 0) + 1),
      });
      if (signal.aborted) return [];
      faults.push(...judgeProcess(watch.notes), ...judgeLog(stack.log.lines));
      const input = [...notes.slice(-MAX_NOTES), "", ...stack.log.lines.slice(-MAX_NOTES)];
      // No consumer reads the streams, so they would become full, and the sessions would wait.
      for (const stream of [EVENTS, BODIES]) await jsm.streams.purge(stream);
      stack.log.lines.length = 0;
      faults.push(...growth.look());
      return [...Map.groupBy(faults, ({ kind }) => kind)].map(([kind, same]): FuzzFinding => {
        const detail = same.map((fault) => fault.detail).join("\n");
        return { fuzzer: "session", seed, kind, detail, input: Buffer.from(input.join("\n")) };
      });
    },
    describe: () =>
      [`, ${mutated} answers mutated`, ...[...skipped].map(([why, n]) => `${why} ${n}`)].join(", "),
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

function judgeProcess({ strayErrors, peakMib }: ReturnType<typeof watchProcess>["notes"]) {
  const faults = strayErrors.map((detail): SessionFault => ({ kind: "stray_error", detail }));
  if (peakMib > MAX_PEAK_MIB) {
    const detail = `${Math.round(peakMib)} MiB were taken at once, wanted at most ${MAX_PEAK_MIB}`;
    faults.push({ kind: "memory_peak", detail });
  }
  return faults;
}

/**
 * Returns a fault for each log line with the level `error`, which shows a bug. A session that ends
 * because of the mail server has the level `info`.
 */
function judgeLog(lines: readonly string[]): SessionFault[] {
  return lines
    .filter((line) => line.includes('"level":"error"'))
    .map((detail): SessionFault => ({ kind: "own_error", detail }));
}

/** Compares the memory use after each run with the memory use after the first runs. */
function watchGrowth(): { look(): SessionFault[] } {
  let runs = 0;
  let boundMib = Infinity;
  return {
    look() {
      const inUseMib = settledMib();
      if (inUseMib === null) return [];
      if (++runs === WARM_UP_RUNS) boundMib = inUseMib + MAX_GROWTH_MIB;
      if (inUseMib <= boundMib) return [];
      const [found, wanted] = [Math.round(inUseMib), Math.round(boundMib)];
      boundMib = inUseMib + MAX_GROWTH_MIB;
      return [{ kind: "memory_growth", detail: `${found} MiB in use, wanted at most ${wanted}` }];
    },
  };
}
