import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describeError } from "../terminal/describe-error.ts";
import { findProcess, signalGroup } from "./running-process.ts";
import type { StateFolder } from "../stack/state-folder.ts";

export interface ProgramOptions {
  name: string;
  folder: StateFolder;
  command: string;
  args: readonly string[];
  /** Variables that the program gets in addition to the environment of this process. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** The user to run as. Undefined means the current user. Only root can set it. */
  identity?: ProcessIdentity | undefined;
  /**
   * Returns whether the program is ready. Called repeatedly with everything that the program has
   * printed since its start.
   */
  isReady: (output: string) => boolean | Promise<boolean>;
  stopSignal?: NodeJS.Signals;
  stopTimeoutMs?: number;
  /** If it aborts before the program is ready, the start fails. */
  signal: AbortSignal;
}

export interface ProcessIdentity {
  uid: number;
  gid: number;
}

const READY_TIMEOUT_MS = 120_000;
const READY_POLL_MS = 20;
const TAIL_LINES = 20;

/**
 * A child process with a log file. It leads its own process group: Ctrl-C in the terminal does not
 * reach it, and stopping it also stops all its children.
 */
export class Program implements AsyncDisposable {
  /** Resolves when the process ends although stop() was not called. */
  readonly died: Promise<Error>;
  readonly #options: ProgramOptions;
  readonly #resolveDied: (error: Error) => void;
  #child: ChildProcess | undefined;
  #exited: Promise<string> = Promise.resolve("not started");
  #logStart = 0;

  private constructor(options: ProgramOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.died = promise;
    this.#resolveDied = resolve;
  }

  /** Starts a program. Resolves when the program is ready. */
  static async start(options: ProgramOptions): Promise<Program> {
    const program = new Program(options);
    await program.start();
    return program;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const { name } = this.#options;
    if (this.#child) throw new Error(`Cannot start ${name}: it is running`);
    const child = this.#spawn();
    const state = { ready: false };
    this.#exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve(signal ?? `code ${code}`));
      child.once("error", (error) => resolve(error.message));
    });
    void this.#exited.then((how) => {
      if (!state.ready || this.#child !== child) return;
      this.#resolveDied(
        new Error(`${name} ended by itself (${how}), see ${this.#logFile}\n${this.#tail()}`),
      );
    });
    this.#child = child;
    try {
      await this.#untilReady();
      state.ready = true;
    } catch (cause) {
      const tail = this.#tail();
      await this.stop("SIGKILL");
      throw new Error(`Cannot start ${name}: ${describeError(cause)}${tail && `\n${tail}`}`, {
        cause,
      });
    }
  }

  /**
   * Stops the program. Resolves when the process and everything that it started have ended. May be
   * called twice.
   */
  async stop(stopSignal = this.#options.stopSignal ?? "SIGTERM"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined) return;
    child.kill(stopSignal);
    const patience = new AbortController();
    const exited = this.#exited.then(() => patience.abort());
    await delay(this.#options.stopTimeoutMs ?? 10_000, undefined, patience).catch(() => undefined);
    signalGroup(child.pid, "SIGKILL");
    await exited;
    rmSync(this.#runFile, { force: true });
  }

  /** Stops the program with this signal, and starts it again with the same options. */
  async restart(stopSignal?: NodeJS.Signals): Promise<void> {
    await this.stop(stopSignal);
    await this.start();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  get #logFile() {
    return join(this.#options.folder.logs, `${this.#options.name}.log`);
  }

  get #runFile() {
    return join(this.#options.folder.run, `${this.#options.name}.json`);
  }

  /**
   * Starts the child process. The child writes directly to its log file, so no output is lost or
   * delayed while our own process is busy.
   */
  #spawn(): ChildProcess {
    const { command, args, env, cwd, identity } = this.#options;
    const log = openSync(this.#logFile, "a");
    this.#logStart = statSync(this.#logFile).size;
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NO_COLOR: "1", ...env },
      stdio: ["ignore", log, log],
      detached: true,
      ...identity,
    });
    closeSync(log);
    const known = child.pid === undefined ? undefined : findProcess(child.pid);
    if (known) writeFileSync(this.#runFile, JSON.stringify(known), { mode: 0o600 });
    return child;
  }

  async #untilReady(): Promise<void> {
    const deadline = performance.now() + READY_TIMEOUT_MS;
    const ended = this.#exited.then((how) => {
      throw new Error(`it ended before it was ready (${how})`);
    });
    ended.catch(() => undefined);
    for (;;) {
      this.#options.signal.throwIfAborted();
      if (await Promise.race([this.#options.isReady(this.#output()), ended])) return;
      if (performance.now() > deadline)
        throw new Error(`it was not ready in ${READY_TIMEOUT_MS} ms`);
      await Promise.race([delay(READY_POLL_MS), ended]);
    }
  }

  #output(): string {
    return readFileSync(this.#logFile).subarray(this.#logStart).toString();
  }

  #tail(): string {
    return this.#output().trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
  }
}
