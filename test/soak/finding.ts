import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

export type FuzzerName = "mime" | "session";

/** A fault that a fuzzer has found. */
export interface FuzzFinding {
  fuzzer: FuzzerName;
  /** The seed of the run. Null means that the input came from a file. */
  seed: number | null;
  /** The kind of fault in one word, such as `slow` or `lost`. */
  kind: string;
  /** What was found and what was expected. */
  detail: string;
  /** The mail, or the mutated answers of the mail server. */
  input: Uint8Array;
}

const ENDINGS: Record<FuzzerName, string> = { mime: "eml", session: "txt" };

/** Returns the command that repeats the run. */
const repeatCommand = ({ fuzzer, seed }: FuzzFinding, inputFile: string): string =>
  seed === null
    ? `npm run soak -- fuzz --repeat ${inputFile}`
    : `npm run soak -- fuzz --only ${fuzzer} --seed ${seed} --runs 1`;

/**
 * Writes two files into the folder: the input of a finding, and its description with the command
 * that repeats the run.
 *
 * @returns The name of the description's file.
 */
export async function keepFinding(folder: string, finding: FuzzFinding): Promise<string> {
  const { fuzzer, seed, kind, detail, input } = finding;
  const mark = seed ?? createHash("sha256").update(input).digest("hex").slice(0, 10);
  const name = join(folder, `${fuzzer}-${mark}-${kind}`);
  const inputFile = `${name}.input.${ENDINGS[fuzzer]}`;
  await mkdir(folder, { recursive: true });
  await writeFile(inputFile, input);
  const repeats = [repeatCommand(finding, inputFile)];
  if (fuzzer === "mime" && seed !== null)
    repeats.push(repeatCommand({ ...finding, seed: null }, inputFile));
  const text = [`${kind}: ${detail}`, "", "Repeat it:", ...repeats.map((line) => `  ${line}`), ""];
  await writeFile(`${name}.finding.txt`, text.join("\n"));
  return `${name}.finding.txt`;
}
