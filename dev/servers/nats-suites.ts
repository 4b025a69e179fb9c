/**
 * Debian suites: with the newest nats-server, with the oldest accepted one, and with one that is
 * refused. The last two are for tests.
 */
export const NATS_SUITES = { newest: "sid", oldest: "trixie", refused: "bookworm" };
