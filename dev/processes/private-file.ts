import { readFile, rename, writeFile } from "node:fs/promises";
import * as v from "valibot";

/** Writes a file that only its owner can read. Readers never see an incomplete file. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}

/**
 * Reads a JSON file. Returns undefined when it is missing, is not JSON, or does not match the
 * schema.
 */
export async function readJsonFile<const S extends v.GenericSchema>(
  path: string,
  schema: S,
): Promise<v.InferOutput<S> | undefined> {
  try {
    const parsed = v.safeParse(schema, JSON.parse(await readFile(path, "utf8")));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
