/**
 * The Debian suites with the newest nats-server, with the oldest one that the fleet accepts, and
 * with one that the fleet refuses. The last two are for tests.
 */
export const NATS_SUITES = { newest: "sid", oldest: "trixie", refused: "bookworm" };
