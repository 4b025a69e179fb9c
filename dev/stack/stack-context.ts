import type { Certificates } from "./certificates.ts";
import type { Keys } from "./keys.ts";
import type { Ports } from "./ports.ts";
import type { StateFolder } from "./state-folder.ts";

/** What the parts of one stack share, settled before the first of them starts. */
export interface StackContext {
  folder: StateFolder;
  ports: Ports;
  /** Its name in PostgreSQL. */
  database: string;
  keys: Keys;
  certificates: Certificates;
  /** Whether the data must survive a loss of power. */
  durable: boolean;
  /** Gives up starting. */
  signal: AbortSignal;
}
