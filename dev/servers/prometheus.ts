import { spawnSync } from "node:child_process";
import { unpackDebianPrograms, unpackedProgram } from "../debian/debian-program.ts";

/** The commands of the Prometheus server and of promtool, which checks rules and metrics. */
export interface Prometheus {
  prometheus: string;
  promtool: string;
}

/** Finds an installed Prometheus, or unpacks Debian's. Returns undefined when both fail. */
export async function findPrometheus(): Promise<Prometheus | undefined> {
  const found = installed();
  if (found) return found;
  try {
    await unpackDebianPrograms({
      packageName: "prometheus",
      paths: ["usr/bin/prometheus", "usr/bin/promtool"],
    });
  } catch {
    return undefined;
  }
  return installed();
}

function installed(): Prometheus | undefined {
  const [prometheus, promtool] = ["prometheus", "promtool"].map((name) =>
    [name, unpackedProgram(name)].find(runs),
  );
  return prometheus === undefined || promtool === undefined ? undefined : { prometheus, promtool };
}

const runs = (command: string) => spawnSync(command, ["--version"]).status === 0;
