import { join } from "node:path";
import process from "node:process";
import { EnvError } from "../shared/env.ts";
import { formatStack, toErrorText } from "../shared/errors.ts";
import { createLog } from "../shared/log.ts";
import { runEdge } from "./serving/run-edge.ts";
import { type EdgeServerSettings, readEdgeServerSettings } from "./serving/server-settings.ts";

/**
 * The process exits this long after the stop began, even if something still runs. A complete stop
 * takes less.
 */
const STOP_TIMEOUT_MS = 40_000;

const log = createLog((line) => void process.stdout.write(`${line}\n`));
const settings = settingsOrExit();
const stop = new AbortController();
for (const name of ["SIGTERM", "SIGINT"] as const) {
  process.once(name, () => {
    log.info("edge.stopping", { signal: name });
    stop.abort();
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
  });
}

// A bug ends only its request. The process continues.
for (const name of ["unhandledRejection", "uncaughtException"] as const) {
  process.on(name, (error: unknown) =>
    log.error("process.fault", { kind: name, ...toLogFields(error) }),
  );
}

try {
  const pagesFolder = join(import.meta.dirname, "..", "dist");
  await runEdge(settings, { log, pagesFolder, onHangUp }, stop.signal);
} catch (error) {
  log.error("edge.broken", toLogFields(error));
  process.exit(1);
}
log.info("edge.stopped");
process.exit(0);

function onHangUp(listener: () => void): () => void {
  process.on("SIGHUP", listener);
  return () => void process.off("SIGHUP", listener);
}

function toLogFields(error: unknown) {
  return { error: toErrorText(error), stack: formatStack(error) };
}

function settingsOrExit(): EdgeServerSettings {
  try {
    return readEdgeServerSettings(process.env);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    process.stderr.write(
      `${error.message}\n${error.faults.map((fault) => `  ${fault}\n`).join("")}`,
    );
    process.exit(1);
  }
}
