import { inCheckout } from "../../dev/checkout.ts";
import { runCommand } from "../../dev/processes/run-command.ts";

/** Reads a TOML file with Bun, because Node has no parser for TOML. */
export async function readToml(path: string): Promise<unknown> {
  const bun = inCheckout("node_modules", "bun", "bin", "bun.exe");
  const script = "console.log(JSON.stringify((await import(process.argv[1])).default))";
  return JSON.parse(await runCommand(bun, { args: ["--eval", script, path] }));
}
