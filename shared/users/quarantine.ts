const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A first harm may be an accident. From the second on, the user is quarantined. */
const PAUSES_MS = [5 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, 24 * HOUR_MS] as const;

/**
 * How long no session of a user begins whose mail server has hurt its process.
 *
 * @param harms How often it did so, from 1 on.
 * @returns Milliseconds from the last harm on.
 */
export const harmPauseMs = (harms: number): number => PAUSES_MS[harms - 1] ?? 24 * HOUR_MS;

/** An accident may happen to every server; the second one sets its user apart. */
export const isQuarantined = (harms: number): boolean => harms > 1;
