import { join } from "node:path";
import { HOST } from "../stack/ports.ts";
import { Program } from "../processes/program.ts";
import type { StackContext } from "../stack/stack-context.ts";

/** Returns the value of the setting `DATABASE_PROXY` of the edge. */
export const databaseProxyAddress = ({ ports }: StackContext) => `${HOST}:${ports.database_proxy}`;

/**
 * Starts the local replacement for Neon's proxy. It is a separate process, so that other work
 * cannot delay it.
 */
export const startDatabaseProxy = ({ ports, folder, signal }: StackContext): Promise<Program> =>
  Program.start({
    name: "database-proxy",
    folder,
    command: process.execPath,
    args: [
      join(import.meta.dirname, "database-proxy", "main.ts"),
      ...["--port", String(ports.database_proxy), "--postgres-port", String(ports.postgres)],
    ],
    isReady: (output) => output.includes('"event":"database_proxy.listening"'),
    signal,
  });
