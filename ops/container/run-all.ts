import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { createLog } from "../../shared/log.ts";

/**
 * Runs edge and fleet as two processes of one container (docs/decisions/012). A signal goes to both.
 * If one ends by itself, the other is stopped, and this process exits with 1: the container engine
 * then starts both again.
 */
const PROGRAMS = { edge: "edge/server.ts", fleet: "fleet/main.ts" };
const CHECKOUT = join(import.meta.dirname, "..", "..");

const log = createLog((line) => void process.stdout.write(`${line}\n`));
let isStopping = false;
const children = Object.entries(PROGRAMS).map(([name, file]) => {
  const child = spawn(process.execPath, ["run", "--no-install", file], {
    cwd: CHECKOUT,
    env: { ...process.env, ROLE: "all" },
    stdio: "inherit",
  });
  return { name, child };
});
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stopAll);

const codes = await Promise.all(
  children.map(async ({ name, child }) => {
    const code = await untilEnded(child);
    if (isStopping) return code;
    log.error("program.ended", { program: name, code });
    stopAll();
    return 1;
  }),
);
process.exit(codes.every((code) => code === 0) ? 0 : 1);

/** Resolves with the exit code; 1 when the program could not start, or a signal ended it. */
async function untilEnded(child: ChildProcess): Promise<number> {
  try {
    const [code] = await once(child, "exit");
    return typeof code === "number" ? code : 1;
  } catch {
    return 1;
  }
}

/** Signals only once: a second signal would end a program that is still draining. */
function stopAll(): void {
  if (isStopping) return;
  isStopping = true;
  for (const { child } of children) child.kill("SIGTERM");
}
