import { defineConfig } from "vitest/config";

/** Tests that start servers, bind ports or spawn processes; all others are pure. */
const SERVER_TESTS = [
  "test/imap-server/**/*.test.ts",
  "test/edge/**/*.test.ts",
  "test/admin/**/*.test.ts",
  "test/connect/**/*.test.ts",
  "test/webhook/**/*.test.ts",
  "test/mailbox/**/*.test.ts",
  "test/roster/**/*.test.ts",
  "test/relay/**/*.test.ts",
  "test/purge/**/*.test.ts",
  "test/retention/**/*.test.ts",
  "test/keys/**/*.test.ts",
  "test/import/**/*.test.ts",
  "test/db/**/*.test.ts",
  "test/metrics/**/*.test.ts",
  "test/tracer/**/*.test.ts",
  "test/traces/**/*.test.ts",
  "test/oauth/**/*.test.ts",
  "test/tokens/**/*.test.ts",
  "test/tools/**/*.test.ts",
  "test/deploy/**/*.test.ts",
  "dev/**/*.test.ts",
];

/** What also runs under Bun, the runtime of the fleet in production, and under Deno. */
const FLEET_TESTS = [
  "fleet/**/*.test.ts",
  "shared/**/*.test.ts",
  "client/**/*.test.ts",
  "test/corpus/**/*.test.ts",
  "test/tokens/**/*.test.ts",
  "test/webhook/**/*.test.ts",
  "test/mailbox/**/*.test.ts",
  "test/roster/**/*.test.ts",
  "test/relay/**/*.test.ts",
  "test/metrics/**/*.test.ts",
  "test/tracer/**/*.test.ts",
  "test/traces/**/*.test.ts",
  "test/purge/**/*.test.ts",
  "test/retention/**/*.test.ts",
];

/**
 * Patience for machines that are busy: no test asserts these. What fails is tried once more, and the run's
 * last lines name it then (dev/vitest-report.ts).
 */
const ON_SERVERS = { testTimeout: 180_000, hookTimeout: 180_000, retry: 1 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          sequence: { groupOrder: 1 },
          include: [
            "shared/**/*.test.ts",
            "db/**/*.test.ts",
            "edge/**/*.test.ts",
            "fleet/**/*.test.ts",
            "client/**/*.test.ts",
            "admin/**/*.test.ts",
            "test/corpus/**/*.test.ts",
            "test/stress/**/*.test.ts",
          ],
          isolate: false,
        },
      },
      {
        test: {
          name: "integration",
          sequence: { groupOrder: 2 },
          include: SERVER_TESTS,
          ...ON_SERVERS,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "fleet",
          sequence: { groupOrder: 4 },
          include: FLEET_TESTS,
          ...ON_SERVERS,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "e2e",
          sequence: { groupOrder: 3 },
          include: ["test/e2e/**/*.test.ts", "test/browser/**/*.test.ts"],
          expect: { poll: { timeout: 60_000 } },
          ...ON_SERVERS,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "faults",
          sequence: { groupOrder: 5 },
          include: ["test/faults/**/*.test.ts"],
          ...ON_SERVERS,
          fileParallelism: false,
        },
      },
    ],
  },
});
