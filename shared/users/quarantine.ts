const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The pauses after the first, second, third and any further harm. A harm means that a user's mail
 * server crashed, blocked or overloaded the process that watched the user.
 */
const PAUSES_MS = [5 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, 24 * HOUR_MS] as const;

/**
 * Returns the pause before the user's next session, in ms since the last harm.
 *
 * @param harms How many harms the user's mail server has caused, at least 1.
 */
export const harmPauseMs = (harms: number): number => PAUSES_MS[harms - 1] ?? 24 * HOUR_MS;

/**
 * Whether the user is quarantined: from the second harm on, because the first may be an accident.
 */
export const isQuarantined = (harms: number): boolean => harms > 1;
