import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { inCheckout } from "../checkout.ts";
import { natsVersion } from "../servers/nats-binary.ts";
import type { Part } from "./part.ts";

const SLOWEST = 20;
const SHOWN_FROM_MS = 100;
const FOLDER = inCheckout(".dev", "test-times");

interface Timed {
  durationMs: number;
  /** The name of a file or test, and of the check that ran it. */
  what: string;
}

/**
 * Returns tables that are printed at the end of a run: the duration of each check, and the slowest
 * files and tests.
 */
export function timeTables(parts: readonly Part[], totalMs: number): string {
  const rows = parts.map(({ name, durationMs, passed, failed, skipped }) => {
    const counts = `${passed} passed${failed > 0 ? `, ${failed} failed` : ""}${skipped > 0 ? `, ${skipped} skipped` : ""}`;
    return `${inMinutes(durationMs)}  ${name.padEnd(36)} ${counts}`;
  });
  const files = parts.flatMap((part) =>
    part.files.map(({ file, durationMs }) => ({ durationMs, what: `${file} (${part.name})` })),
  );
  const tests = parts.flatMap((part) =>
    part.files.flatMap(({ file, tests: ofFile }) =>
      ofFile.map(({ title, durationMs }) => ({
        durationMs,
        what: `${file} > ${title} (${part.name})`,
      })),
    ),
  );
  return [
    ...["", "Parts", ...rows, `${inMinutes(totalMs)}  in all`],
    ...(files.length > 1 ? ["", "Slowest files", ...slowest(files)] : []),
    ...(tests.length > 1 ? ["", "Slowest tests", ...slowest(tests)] : []),
  ].join("\n");
}

const slowest = (all: readonly Timed[]) =>
  all
    .filter(({ durationMs }) => durationMs >= SHOWN_FROM_MS)
    .toSorted((a, b) => b.durationMs - a.durationMs)
    .slice(0, SLOWEST)
    .map(({ durationMs, what }) => `${inMinutes(durationMs)}  ${what}`);

/** Returns a duration in minutes and seconds, such as ` 1:05.3`. */
function inMinutes(ms: number): string {
  const tenths = Math.round(ms / 100);
  const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return `${Math.floor(tenths / 600)}:${seconds}`.padStart(7);
}

/**
 * Stores the durations and errors of every check, file and test of a run, so that runs can be
 * compared.
 *
 * @returns The path of the JSON file.
 */
export async function keepTimes(
  parts: readonly Part[],
  run: {
    startedAt: Date;
    totalMs: number;
    args: readonly string[];
    natsServer: string | undefined;
  },
): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  const file = join(FOLDER, `${run.startedAt.toISOString().replaceAll(":", "-")}.json`);
  const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model };
  const version = run.natsServer === undefined ? undefined : natsVersion(run.natsServer);
  const times = { ...run, natsVersion: version, machine, parts };
  await writeFile(file, JSON.stringify(times, null, 1));
  return file;
}
