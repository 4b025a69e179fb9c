import { spawn } from "node:child_process";
import { Buffer } from "node:buffer";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { createFrameReader, encodeFrame } from "./frames.ts";
import type { MailQuestion } from "./mail-question.ts";

/**
 * The environment variables that Bun, Node and Deno need. A process that reads untrusted mail gets
 * no other variables of the fleet, since they may hold secrets.
 */
const ENVIRONMENT = [
  "PATH",
  "HOME",
  "TMPDIR",
  "LD_LIBRARY_PATH",
  "DENO_DIR",
  "DENO_NO_UPDATE_CHECK",
];
/**
 * How much memory Bun believes that the machine has. A low value makes Bun collect garbage early.
 * Most mails need less memory than this.
 */
const HEAP_BYTES = 128 * 2 ** 20;
const MAX_STDERR = 2_000;

const ENTRY = fileURLToPath(new URL("../../roles/mail-process.ts", import.meta.url));

/** A process that reads mails, one at a time. */
export interface MailProcess {
  readonly pid: number;
  /** Resolves when the process has ended, with a description of how it ended. */
  readonly ended: Promise<string>;
  /** Returns the answer as JSON. Rejects when the process ends first. */
  ask(question: MailQuestion, raw: Uint8Array): Promise<string>;
  /** Kills the process. Resolves when it has ended. */
  kill(): Promise<void>;
}

/** Starts a process that reads mails. Rejects when it cannot be started. */
export async function startMailProcess(entry: string = ENTRY): Promise<MailProcess> {
  const child = spawn(process.execPath, [...runtimeArguments(), entry], {
    env: environment(),
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = Promise.withResolvers<string>();
  child.once("error", (error) => ended.resolve(error.message));
  child.once("exit", (code, signal) =>
    ended.resolve(signal ? `it ended by ${signal}` : `it ended with ${code}`),
  );
  // The process may end while a mail is written to it. `ended` reports that.
  child.stdin.on("error", () => undefined);

  let stderr = "";
  let onAnswer: (json: string) => void = () => undefined;
  child.stdout.on(
    "data",
    createFrameReader((frame) => onAnswer(frame.toString())),
  );
  child.stderr.on("data", (piece: Uint8Array) => {
    // This output is used only until the process is ready. Later output might contain parts of a
    // mail.
    if (stderr.length < MAX_STDERR) stderr += Buffer.from(piece).toString();
  });

  const answered = () =>
    new Promise<string>((resolve, reject) => {
      onAnswer = resolve;
      void ended.promise.then((how) => reject(new Error(how)));
    });
  try {
    await answered();
  } catch (error) {
    throw new Error(`Cannot start a process to read mails: ${stderr.trim().slice(0, MAX_STDERR)}`, {
      cause: error,
    });
  }

  return {
    pid: child.pid ?? 0,
    ended: ended.promise,
    ask(question, raw) {
      const answer = answered();
      const parts = [...encodeFrame(Buffer.from(JSON.stringify(question))), ...encodeFrame(raw)];
      for (const part of parts) child.stdin.write(part);
      return answer;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended.promise;
    },
  };
}

const runtimeArguments = () => (process.versions["bun"] === undefined ? [] : ["--no-install"]);

function environment(): Record<string, string> {
  const kept = ENVIRONMENT.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    NODE_ENV: "production",
    BUN_JSC_forceRAMSize: String(HEAP_BYTES),
    // Without this setting, Bun writes a cache of transpiled files beside the source files.
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
  };
}
