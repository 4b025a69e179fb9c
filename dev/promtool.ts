import { spawnSync } from "node:child_process";
import { unpackDebianProgram, unpackedProgram } from "./debian-program.ts";

const PROGRAM = "promtool";

/** Finds Prometheus's checker of rules and metrics, or unpacks Debian's; undefined where it cannot be had. */
export async function findPromtool(): Promise<string | undefined> {
  const found = [PROGRAM, unpackedProgram(PROGRAM)].find(runs);
  if (found !== undefined) return found;
  try {
    return await unpackDebianProgram("prometheus", `usr/bin/${PROGRAM}`);
  } catch {
    return undefined;
  }
}

const runs = (command: string) => spawnSync(command, ["--version"]).status === 0;
