import { inCheckout } from "./checkout.ts";

/** One thing to run; its name is what the summary shows. */
export interface Check {
  name: string;
  command: readonly [string, ...string[]];
  env?: Readonly<Record<string, string>>;
  /** Counts the tests of vitest's report; any other check counts as one. */
  isVitest?: boolean;
}

const bin = (name: string) => inCheckout("node_modules", ".bin", name);
const bun = inCheckout("node_modules", "bun", "bin", "bun.exe");
const deno = inCheckout("node_modules", "deno", "deno");
const vitestMain = inCheckout("node_modules", "vitest", "vitest.mjs");

const types = (name: string, project: string): Check => ({
  name: `types: ${name}`,
  command: [bin("tsc"), "--noEmit", "--project", project],
});

const vitest = (project: string): Check => ({
  name: `tests: ${project}`,
  command: [process.execPath, vitestMain, "run", "--project", project],
  isVitest: true,
});

/** No servers, under 30 s. */
export const FAST_CHECKS: readonly Check[] = [
  { name: "lint", command: [bin("oxlint"), "--type-aware", "--deny-warnings"] },
  types("shared", "shared"),
  types("db", "db"),
  types("edge", "edge"),
  types("fleet", "fleet"),
  types("admin", "admin"),
  types("client", "client"),
  types("dev and tests", "."),
  { name: "dead code", command: [bin("knip")] },
  { name: "format", command: [bin("oxfmt"), "--check", "."] },
  vitest("unit"),
];

/** On real servers, one after the other. */
export const SLOW_CHECKS: readonly Check[] = [
  vitest("integration"),
  {
    name: "tests: fleet under Bun",
    command: [bun, "--bun", vitestMain, "run", "--project", "fleet", "--pool=threads"],
    isVitest: true,
  },
  {
    name: "tests: fleet under Deno",
    command: [
      ...([deno, "run", "--allow-all", "--no-lock", "--node-modules-dir=manual"] as const),
      ...[vitestMain, "run", "--project", "fleet", "--pool=forks"],
    ],
    isVitest: true,
  },
  vitest("e2e"),
  vitest("faults"),
];
