import { writeFile } from "node:fs/promises";

/** Writes a settings file, which `npm run deploy:check -- --settings` can read. */
export async function writeEnvFile(
  path: string,
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  await writeFile(path, lines.join(""), { mode: 0o600 });
  return path;
}
