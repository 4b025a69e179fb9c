import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const readImports = async (file: string) =>
  [...(await readFile(file, "utf8")).matchAll(/\bfrom "(\.[^"]+)"/g)].map(([, path = ""]) =>
    join(dirname(file), path),
  );

/** Returns the files and everything that they import, directly or indirectly. */
export async function loadedBy(files: readonly string[]): Promise<Set<string>> {
  const loaded = new Set<string>();
  const waiting = [...files];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (loaded.has(file) || !file.endsWith(".ts")) continue;
    loaded.add(file);
    waiting.push(...(await readImports(file)));
  }
  return loaded;
}
