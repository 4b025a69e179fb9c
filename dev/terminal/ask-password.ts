import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/**
 * Reads a line from the terminal without showing it, or from a pipe. Returns an empty text when the
 * input ends without a line.
 */
export async function askPassword(prompt: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = process.stdin.isTTY;
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal });
  // Prints the prompt only now, when the terminal no longer shows typed text.
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
