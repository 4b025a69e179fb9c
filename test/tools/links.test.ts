import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { inCheckout } from "../../dev/checkout.ts";

const CHECKOUT = inCheckout();
/** The maximum size of README.md. It should not be longer than one or two screens. */
const MAX_README_BYTES = 9_000;
/** Names in AGENTS.md that stand for no real file: they are forbidden, or they are patterns. */
const NO_FILES: readonly string[] = [
  "types.ts",
  "constants.ts",
  "common/",
  "docs/decisions/NNN-slug.md",
];

const documents = [
  ...["README.md", "AGENTS.md", "CONTRIBUTING.md", "SECURITY.md"],
  ...(await readdir(inCheckout("docs"), { recursive: true }))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];
const texts = new Map(
  await Promise.all(
    documents.map(async (name) => [name, await readFile(inCheckout(name), "utf8")] as const),
  ),
);

/** Folders that Git ignores, such as `.dev/` and `dist/`. A fresh clone does not contain them. */
const ignored = (await readFile(inCheckout(".gitignore"), "utf8"))
  .split("\n")
  .filter((line) => /^[\w.-]+\/$/.test(line));
const isIgnored = (path: string) => ignored.some((folder) => `${path}/`.startsWith(folder));

const entries = (await readdir(CHECKOUT)).filter((name) => !isIgnored(name) && name !== ".git");
const nested = await Promise.all(
  entries.map(async (name) =>
    (await stat(inCheckout(name))).isDirectory()
      ? (await readdir(inCheckout(name), { recursive: true })).map((path) => join(name, path))
      : [],
  ),
);
const paths = new Set([...entries, ...nested.flat()]);
const names = new Set([...paths].map((path) => path.slice(path.lastIndexOf("/") + 1)));

const withoutFences = (text: string) => text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
const withoutCode = (text: string) => withoutFences(text).replaceAll(/`[^`\n]*`/g, "");

/** Returns the targets of all links and images in a document, in Markdown and in HTML. */
const linksIn = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(<?([^)\s>]+)>?\)|(?:href|src)="([^"]+)"/g)]
    .map(([, markdown, html]) => markdown ?? html ?? "")
    .filter((link) => !/^[a-z]+:/.test(link));

/** Returns the anchors that GitHub creates for the headings of a document. */
function anchorsIn(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutFences(text).matchAll(/^#+ +(.*?) *$/gm)) {
    const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = shown.replaceAll(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-");
    let unique = anchor;
    for (let n = 1; anchors.has(unique); n++) unique = `${anchor}-${n}`;
    anchors.add(unique);
  }
  return anchors;
}

const SOURCE = /[^.]\.(ts|tsx|mjs|sql|md|json|jsonc|toml|yml|conf|sh|css|html)$/;

/** Returns the texts in backticks that look like a file or folder of the repository. */
const namesIn = (text: string): string[] =>
  [...withoutFences(text).matchAll(/`([\w.][\w.-]+(?:\/[\w.-]+)*\/?)`/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !isIgnored(name) && !NO_FILES.includes(name))
    .filter((name) => {
      const [first = "", ...rest] = name.split("/");
      return SOURCE.test(name) || (rest.length > 0 && (paths.has(first) || name.endsWith("/")));
    });

/**
 * Whether the file or folder exists. A name with a slash is a path from the root of the repository.
 * A name without a slash may be in any folder.
 */
function isThere(name: string): boolean {
  const path = name.replace(/\/$/, "");
  return path.includes("/") ? paths.has(path) : names.has(path);
}

test.each(documents)(
  "each relative link of %s leads to a file, and each anchor to a heading",
  (name) => {
    const broken = linksIn(texts.get(name) ?? "").filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target =
        path === "" ? name : relative(CHECKOUT, resolve(CHECKOUT, dirname(name), path));
      if (target !== "" && !paths.has(target)) return true;
      const text = texts.get(target);
      return anchor !== undefined && text !== undefined && !anchorsIn(text).has(anchor);
    });
    expect(broken).toEqual([]);
  },
);

test.each(documents)("each file that %s names is there", (name) => {
  expect(namesIn(texts.get(name) ?? "").filter((path) => !isThere(path))).toEqual([]);
});

test("the README is short", () => {
  expect(Buffer.byteLength(texts.get("README.md") ?? "")).toBeLessThanOrEqual(MAX_README_BYTES);
});

test("every document can be reached from the README", () => {
  const reached = new Set(["README.md"]);
  for (const name of reached) {
    for (const link of linksIn(texts.get(name) ?? "")) {
      const [path = ""] = link.split("#");
      const target = relative(CHECKOUT, resolve(CHECKOUT, dirname(name), path));
      if (texts.has(target)) reached.add(target);
    }
  }
  expect(documents.filter((name) => !reached.has(name))).toEqual([]);
});
