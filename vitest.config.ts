import { defineConfig } from "vitest/config";
import { testReporter } from "./dev/test-run/test-reporter.ts";
import { CORE_TESTS, OLDEST_NATS_TESTS } from "./test/core-tests.ts";

/** Tests of the fleet on real servers. They run under Bun, the fleet's runtime in production. */
const FLEET_SERVER_TESTS = [
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
  "test/patterns/**/*.test.ts",
  "test/postgres/**/*.test.ts",
];

/** Tests of the Worker in workerd. */
const EDGE_SERVER_TESTS = [
  "test/edge/**/*.test.ts",
  "test/admin/**/*.test.ts",
  "test/connect/**/*.test.ts",
];

/** All other tests that start servers, bind ports or spawn processes. */
const OTHER_SERVER_TESTS = [
  "test/imap-server/**/*.test.ts",
  "test/keys/**/*.test.ts",
  "test/import/**/*.test.ts",
  "test/db/**/*.test.ts",
  "test/oauth/**/*.test.ts",
  "test/tools/**/*.test.ts",
  "test/deploy/**/*.test.ts",
  "test/serving/**/*.test.ts",
  "test/soak/session/session-fuzzer.test.ts",
  "dev/**/*.test.ts",
  "ops/**/*.test.ts",
];

/** Tests of the fleet's code without servers. They run under Bun, Deno and Node. */
const FLEET_UNIT_TESTS = [
  "fleet/**/*.test.ts",
  "shared/**/*.test.ts",
  "client/**/*.test.ts",
  "test/corpus/**/*.test.ts",
  "test/imap/**/*.test.ts",
];

/** Tests of the soak tools, except session-fuzzer.test.ts, which needs real servers. */
const SOAK_UNIT_TESTS = [
  "test/soak/*.test.ts",
  "test/soak/freeze/*.test.ts",
  "test/soak/hostile/*.test.ts",
  "test/soak/memory/*.test.ts",
  "test/soak/mime/*.test.ts",
  "test/soak/session/{judge-fuzzed-user,mutate-answer}.test.ts",
];

/** Starts one PostgreSQL for the files of a project. Each file gets its own database. */
const DATABASE = "test/harness/stacks/shared-database.ts";
/** Starts one edge Worker for each of vitest's worker processes. */
const EDGE = "test/harness/stacks/shared-edge.ts";

/**
 * Runs two test files at the same time. The long timeouts are for busy machines; no test depends on
 * them.
 */
const IN_PAIRS = { testTimeout: 180_000, hookTimeout: 180_000, maxWorkers: 2 };
const ONE_BY_ONE = { ...IN_PAIRS, fileParallelism: false };
/** How long `expect.poll()` repeats a check that fails. */
const POLL = { poll: { timeout: 60_000 } };

/**
 * A project of tests on real servers. Vitest runs a failed test a second time. If the test then
 * passes, its name is printed at the end of the run (dev/test-run/part.ts).
 */
const onServers = (name: string, test: object) => ({ test: { name, retry: 1, ...test } });

const report = process.env["TEST_REPORT"];

export default defineConfig({
  test: {
    ...(report !== undefined && { reporters: ["default", testReporter(report)] }),
    projects: [
      {
        test: {
          name: "unit",
          sequence: { groupOrder: 1 },
          include: [
            ...FLEET_UNIT_TESTS,
            "db/**/*.test.ts",
            "edge/**/*.test.ts",
            "admin/**/*.test.ts",
            "test/stress/**/*.test.ts",
            ...SOAK_UNIT_TESTS,
          ],
          isolate: false,
        },
      },
      onServers("integration", {
        sequence: { groupOrder: 2 },
        include: OTHER_SERVER_TESTS,
        globalSetup: [DATABASE],
        ...IN_PAIRS,
      }),
      onServers("edge", {
        sequence: { groupOrder: 3 },
        include: EDGE_SERVER_TESTS,
        globalSetup: [DATABASE, EDGE],
        ...IN_PAIRS,
      }),
      onServers("fleet", {
        sequence: { groupOrder: 4 },
        include: [...FLEET_UNIT_TESTS, ...FLEET_SERVER_TESTS],
        globalSetup: [DATABASE],
        ...IN_PAIRS,
      }),
      onServers("core", {
        sequence: { groupOrder: 5 },
        include: [...FLEET_UNIT_TESTS, ...CORE_TESTS],
        globalSetup: [DATABASE],
        ...IN_PAIRS,
      }),
      onServers("oldest-nats", {
        sequence: { groupOrder: 6 },
        include: OLDEST_NATS_TESTS,
        globalSetup: [DATABASE],
        ...IN_PAIRS,
      }),
      onServers("browser", {
        sequence: { groupOrder: 7 },
        include: ["test/browser/**/*.test.ts"],
        globalSetup: [DATABASE, EDGE],
        expect: POLL,
        ...IN_PAIRS,
      }),
      onServers("e2e", {
        sequence: { groupOrder: 8 },
        include: ["test/e2e/**/*.test.ts"],
        expect: POLL,
        ...IN_PAIRS,
      }),
      onServers("faults", {
        sequence: { groupOrder: 9 },
        include: ["test/faults/**/*.test.ts"],
        globalSetup: [DATABASE],
        ...IN_PAIRS,
      }),
      onServers("load", {
        sequence: { groupOrder: 10 },
        include: ["test/load/**/*.test.ts"],
        globalSetup: [DATABASE],
        ...ONE_BY_ONE,
      }),
    ],
  },
});
