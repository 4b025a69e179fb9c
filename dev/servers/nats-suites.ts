/**
 * The Debian suites that contain the newest nats-server, the oldest one that the fleet accepts, and
 * one that the fleet refuses. The last two suites are for tests.
 */
export const NATS_SUITES = { newest: "sid", oldest: "trixie", refused: "bookworm" };
