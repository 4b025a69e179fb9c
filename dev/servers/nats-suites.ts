/** Debian's suites: that with the newest nats-server, and for tests the oldest that is accepted and one that is not. */
export const NATS_SUITES = { newest: "sid", oldest: "trixie", refused: "bookworm" };
