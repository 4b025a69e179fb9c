import type { Certificates } from "./certificates.ts";
import type { Keys } from "./keys.ts";
import type { Ports } from "./ports.ts";
import type { StateFolder } from "./state-folder.ts";

/** The settings that all parts of a stack share. They are set before the first part starts. */
export interface StackContext {
  folder: StateFolder;
  ports: Ports;
  /** The name of the database in PostgreSQL. */
  database: string;
  keys: Keys;
  certificates: Certificates;
  /** Whether the data must survive a power loss. */
  durable: boolean;
  /** Aborts the start of the stack. */
  signal: AbortSignal;
}
