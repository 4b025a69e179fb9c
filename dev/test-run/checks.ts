import { inCheckout } from "../checkout.ts";
import { NATS_SUITES } from "../servers/nats-suites.ts";
import { unpackedProgram } from "../debian/debian-program.ts";
import type { Requirement } from "./requirements.ts";

/** A command to run. Its name appears in the summary. */
export interface Check {
  name: string;
  command: readonly [string, ...string[]];
  env?: Readonly<Record<string, string>>;
  /** The Vitest project, if the check runs tests. Any other check counts as one test. */
  project?: string;
  needs?: readonly Requirement[];
}

const bin = (name: string) => inCheckout("node_modules", ".bin", name);
const bun = inCheckout("node_modules", "bun", "bin", "bun.exe");
const deno = inCheckout("node_modules", "deno", "deno");
const vitestMain = inCheckout("node_modules", "vitest", "vitest.mjs");

const vitest = (project: string, needs: readonly Requirement[]): Check => ({
  name: `tests: ${project}`,
  command: [process.execPath, vitestMain, "run", "--project", project],
  project,
  needs,
});

/** The check that runs all tests that need no servers. */
const UNIT = vitest("unit", []);

/**
 * Checks the types of all projects. Uses one thread, because several threads would each compute the
 * same types. Uses --force, because `tsc --build` 7.0 misses some changed and deleted files
 * (https://github.com/microsoft/TypeScript/issues/64025).
 */
const TYPES: Check = {
  name: "types",
  command: [bin("tsc"), "--build", "--singleThreaded", "--force"],
};

/**
 * The checks without servers, less than 30 s in total. The longest come first, so that no core is
 * idle at the end.
 */
export const FAST_CHECKS: readonly Check[] = [
  {
    name: "lint",
    command: [bin("oxlint"), "--type-aware", "--deny-warnings"],
    // Limits the linter to one thread, because other checks run at the same time.
    env: { GOMAXPROCS: "1" },
  },
  UNIT,
  TYPES,
  { name: "dead code", command: [bin("knip")] },
  { name: "format", command: [bin("oxfmt"), "--check", "."] },
];

/**
 * The checks of the fleet's tests. All of them run under Bun, the fleet's runtime in production.
 * The core tests (test/core-tests.ts) also run under Deno, and those of NATS with the oldest
 * nats-server.
 */
const FLEET: readonly Check[] = [
  {
    name: "tests: fleet under Bun",
    command: [bun, "--bun", vitestMain, "run", "--project", "fleet", "--pool=threads"],
    project: "fleet",
    needs: ["servers"],
  },
  {
    name: "tests: core under Deno",
    command: [
      ...([deno, "run", "--allow-all", "--no-lock", "--node-modules-dir=manual"] as const),
      ...[vitestMain, "run", "--project", "core", "--pool=forks"],
    ],
    project: "core",
    needs: ["servers"],
  },
  {
    ...vitest("oldest-nats", ["servers", "olderNats"]),
    name: "tests: oldest nats-server",
    env: { NATS_SERVER: unpackedProgram("nats-server", NATS_SUITES.oldest) },
  },
];

/** The checks on real servers. They run one after another. */
export const SERVER_CHECKS: readonly Check[] = [
  vitest("integration", ["servers", "olderNats"]),
  vitest("edge", ["servers"]),
  ...FLEET,
  vitest("browser", ["servers", "browser"]),
  vitest("e2e", ["servers"]),
  vitest("faults", ["servers"]),
  vitest("load", ["servers"]),
];

/** Every check that runs tests. Checks that need fewer servers come first. */
export const TEST_CHECKS: readonly Check[] = [UNIT, ...SERVER_CHECKS];
