const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Returns, for example, `850 ms`, `1.2 s`, `2 min 5 s` or `3 h 10 min`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < MINUTE_MS) return `${Math.floor(ms / 100) / 10} s`;
  if (ms < HOUR_MS) return pair(ms, [MINUTE_MS, "min"], [SECOND_MS, "s"]);
  return pair(ms, [HOUR_MS, "h"], [MINUTE_MS, "min"]);
}

type Unit = readonly [ms: number, name: string];

function pair(ms: number, [wholeMs, whole]: Unit, [partMs, part]: Unit): string {
  const parts = Math.floor((ms % wholeMs) / partMs);
  const wholes = `${Math.floor(ms / wholeMs)} ${whole}`;
  return parts === 0 ? wholes : `${wholes} ${parts} ${part}`;
}
