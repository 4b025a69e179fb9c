import { inCheckout } from "../checkout.ts";

export const RUNTIMES = ["bun", "deno", "node"] as const;
export type Runtime = (typeof RUNTIMES)[number];

/**
 * Returns the command that starts a runtime. The command is not an npm script, because npm does not
 * forward every signal to the program that a script starts.
 */
export function chooseCommand(runtime: Runtime): [string, ...string[]] {
  switch (runtime) {
    case "bun":
      return [inCheckout("node_modules", "bun", "bin", "bun.exe"), "run", "--no-install"];
    case "deno":
      return [inCheckout("node_modules", "deno", "deno"), "run", "-A", "--no-lock", "--no-prompt"];
    case "node":
      return [process.execPath];
  }
}
