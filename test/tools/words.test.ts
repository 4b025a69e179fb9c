import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { inCheckout } from "../../dev/checkout.ts";

/** Words that are forbidden everywhere, because they are archaic. */
const FORBIDDEN =
  /\b(anew|whoever|whosever|whomever|for ever|lest|hitherto|whereof|thereof|thereby)\b/i;
/** Comments and documents should use "says", "reports" or "shows" instead of these words. */
const FORBIDDEN_IN_COMMENTS = /\b(tells|told)\b/i;

const CODE = [
  "admin",
  "bench",
  "client",
  "db",
  "dev",
  "edge",
  "examples",
  "fleet",
  "ops",
  "reference",
  "shared",
];
const DOCUMENTS = ["README", "CONTRIBUTING", "SECURITY"].map((name) => `${name}.md`);

async function listFiles(folder: string, isWanted: (name: string) => boolean): Promise<string[]> {
  const names = await readdir(inCheckout(folder), { recursive: true });
  return names.filter(isWanted).map((name) => `${folder}/${name}`);
}

const isCode = (path: string) => /\.(ts|tsx|mjs|sql|css)$/.test(path);
const isDocument = (path: string) => path.endsWith(".md");
const LISTS = [...CODE.map((folder) => listFiles(folder, isCode)), listFiles("docs", isDocument)];
const PATHS = [...(await Promise.all(LISTS)).flat(), ...DOCUMENTS];

const findComments = (source: string) =>
  source.match(/\/\*\*[\s\S]*?\*\/|(?<=^|\s)\/\/ .*$|^\s*-- .*$/gm)?.join("\n") ?? "";

async function wordsIn(path: string): Promise<string[]> {
  const text = await readFile(inCheckout(path), "utf8");
  const isTest = path.endsWith(".test.ts");
  const found = isTest ? null : FORBIDDEN.exec(text);
  const inComments = FORBIDDEN_IN_COMMENTS.exec(isCode(path) ? findComments(text) : text);
  return [found, inComments].flatMap((match) => (match ? [`${path}: ${match[0]}`] : []));
}

test("code, comments and documents use current words", async () => {
  expect(PATHS.length).toBeGreaterThan(500);
  expect((await Promise.all(PATHS.map(wordsIn))).flat()).toEqual([]);
});
