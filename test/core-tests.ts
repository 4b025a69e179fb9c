/**
 * Tests of the fleet that also run under Deno. Together they load every module that depends on the
 * runtime (see test/tools/core.test.ts).
 */
export const CORE_TESTS = [
  "test/mailbox/arrival/arrival.test.ts",
  "test/mailbox/login/check-login.test.ts",
  "test/mailbox/login/login.test.ts",
  "test/mailbox/login/own-host.test.ts",
  "test/metrics/operations-server.test.ts",
  "test/postgres/tcp-database.test.ts",
  "test/postgres/tcp-tls.test.ts",
  "test/purge/removed-partner.test.ts",
  "test/relay/sweep.test.ts",
  "test/roster/roster.test.ts",
  "test/roster/services.test.ts",
  "test/tokens/tokens.test.ts",
  "test/tokens/xoauth.test.ts",
  "test/tracer/round-trip.test.ts",
  "test/traces/otlp-traces.test.ts",
  "test/webhook/attempts/attempt.test.ts",
  "test/webhook/dead-letters/dead-letters.test.ts",
  "test/webhook/delivery/delivery.test.ts",
  "test/webhook/attempts/dialling.test.ts",
  "test/webhook/lanes/lanes.test.ts",
  "test/webhook/attempts/names.test.ts",
  "test/webhook/delivery/mail-reader.test.ts",
  "test/webhook/dead-letters/read-letter.test.ts",
];

/**
 * Tests that also run with the oldest supported nats-server. Together they use all that the fleet
 * asks of nats-server: streams, consumers, purges, deleted messages, KV and requests.
 */
export const OLDEST_NATS_TESTS = [
  "test/purge/removed-partner.test.ts",
  "test/relay/sweep.test.ts",
  "test/roster/roster.test.ts",
  "test/tracer/round-trip.test.ts",
  "test/webhook/dead-letters/dead-letters.test.ts",
  "test/webhook/dead-letters/read-letter.test.ts",
  "test/webhook/delivery/delivery.test.ts",
  "test/webhook/lanes/lanes.test.ts",
];
