/**
 * Debian suites with a nats-server. `newest` has the newest one, `oldest` has the oldest one that
 * the fleet accepts, and `refused` has one that the fleet refuses. `oldest` and `refused` are for
 * tests.
 */
export const NATS_SUITES = { newest: "sid", oldest: "trixie", refused: "bookworm" };
