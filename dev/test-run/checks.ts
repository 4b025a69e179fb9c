import { inCheckout } from "../checkout.ts";
import { NATS_SUITES } from "../servers/nats-suites.ts";
import { unpackedProgram } from "../debian/debian-program.ts";
import type { Requirement } from "./requirements.ts";

/** One command to run; its name appears in the summary. */
export interface Check {
  name: string;
  command: readonly [string, ...string[]];
  env?: Readonly<Record<string, string>>;
  /** Vitest's project, for a check that runs tests. Any other check counts as one test. */
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

/** The check that runs the pure tests. */
const UNIT = vitest("unit", []);

/**
 * Builds all projects in one run. It uses a single thread, since several threads would each compute
 * the same types. It uses --force, since `tsc --build` 7.0 misses deleted files that other projects
 * import, and changed JSON files (https://github.com/microsoft/TypeScript/issues/64025).
 */
const TYPES: Check = {
  name: "types",
  command: [bin("tsc"), "--build", "--singleThreaded", "--force"],
};

/**
 * Checks without servers, which take less than 30 s. The longest come first, so that no core is
 * idle at the end.
 */
export const FAST_CHECKS: readonly Check[] = [
  {
    name: "lint",
    command: [bin("oxlint"), "--type-aware", "--deny-warnings"],
    // The linter uses one thread, as the check of the types does.
    env: { GOMAXPROCS: "1" },
  },
  UNIT,
  TYPES,
  { name: "dead code", command: [bin("knip")] },
  { name: "format", command: [bin("oxfmt"), "--check", "."] },
];

/** The fleet's whole suite under Bun, its runtime in production; under the other runtimes only the core. */
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
    // The pure tests are run under Node by "tests: unit".
    ...vitest("core-servers", ["servers", "olderNats"]),
    name: "tests: core under Node, oldest nats-server",
    env: { NATS_SERVER: unpackedProgram("nats-server", NATS_SUITES.oldest) },
  },
];

/** Checks on real servers, which run one after another. */
export const SERVER_CHECKS: readonly Check[] = [
  vitest("integration", ["servers", "olderNats"]),
  vitest("edge", ["servers"]),
  ...FLEET,
  vitest("browser", ["servers", "browser"]),
  vitest("e2e", ["servers"]),
  vitest("faults", ["servers"]),
  vitest("load", ["servers"]),
];

/** Every check that runs tests, ordered by the servers they need, fewest first. */
export const TEST_CHECKS: readonly Check[] = [UNIT, ...SERVER_CHECKS];
