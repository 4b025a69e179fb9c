import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Reads a line of the terminal that is not shown while it is typed, or of what is piped in; blank at its end. */
export async function askPassword(prompt: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = process.stdin.isTTY;
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal });
  // Only now does the terminal show nothing of what is typed.
  process.stdout.write(prompt);
  lines.once("SIGINT", () => process.exit(130));
  try {
    const ended = once(lines, "close").then(() => "");
    return await Promise.race([lines.question(""), ended]);
  } finally {
    lines.close();
    process.stdout.write("\n");
  }
}
