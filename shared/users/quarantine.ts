const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The pause after the first, second, third and any further harm. A harm means that a user's mail
 * server crashed, blocked or overloaded the process that watched this user. The first harm may be
 * an accident, so the user is quarantined only from the second harm on.
 */
const PAUSES_MS = [5 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, 24 * HOUR_MS] as const;

/**
 * Returns how long to wait before the next session of a user after a harm.
 *
 * @param harms How many harms the user's mail server has caused, at least 1.
 * @returns The wait in milliseconds, counted from the last harm.
 */
export const harmPauseMs = (harms: number): number => PAUSES_MS[harms - 1] ?? 24 * HOUR_MS;

/** Whether the user is quarantined: from the second harm on. */
export const isQuarantined = (harms: number): boolean => harms > 1;
