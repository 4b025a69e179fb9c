/**
 * Debian suites that contain a nats-server. `newest` has the newest one, and `oldest` the oldest one
 * that the fleet accepts. The fleet refuses the one in `refused`.
 */
export const NATS_SUITES = { newest: "sid", oldest: "trixie", refused: "bookworm" };
