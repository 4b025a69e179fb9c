import type { MinuteCount } from "../../../db/rates.ts";

const MINUTES = 60;
const MINUTE_MS = 60_000;

export interface Minute {
  /** When it began. */
  at: string;
  mails: number;
  attempts: number;
  failed: number;
}

/** The last hour, the oldest minute first; the last one still runs. */
export function lastHour(counted: readonly MinuteCount[], nowMs: number): Minute[] {
  const byMinute = new Map(counted.map((one) => [one.minute, one]));
  const first = Math.floor(nowMs / MINUTE_MS) - MINUTES + 1;
  return Array.from({ length: MINUTES }, (_, index) => {
    const { mails = 0, attempts = 0, failed = 0 } = byMinute.get(first + index) ?? {};
    const at = new Date((first + index) * MINUTE_MS).toISOString();
    return { at, mails, attempts, failed };
  });
}
