import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as v from "valibot";

const CHECKOUT = fileURLToPath(new URL("../../", import.meta.url));
const report = v.object({
  diagnostics: v.array(v.object({ code: v.string(), filename: v.string() })),
});

/**
 * One violation of each rule of the architecture: [description, file, its text, the rule that must
 * report it].
 */
const BREACHES: [what: string, file: string, text: string, rule: string][] = [
  ["shared/ imports db/", "shared/a.ts", `export * from "../db/b.ts";`, "no-restricted-imports"],
  [
    "shared/ imports a builtin of Node",
    "shared/b.ts",
    `export * from "node:fs";`,
    "no-restricted-imports",
  ],
  ["db/ imports fleet/", "db/a.ts", `export * from "../fleet/b.ts";`, "no-restricted-imports"],
  ["edge/ imports fleet/", "edge/a.ts", `export * from "../fleet/b.ts";`, "no-restricted-imports"],
  ["edge/ speaks SQL", "edge/b.ts", `export { sql } from "drizzle-orm";`, "no-restricted-imports"],
  [
    "edge/api imports edge/connect",
    "edge/api/a.ts",
    `export * from "../connect/b.ts";`,
    "no-restricted-imports",
  ],
  [
    "edge/connect imports edge/api",
    "edge/connect/form/a.ts",
    `export * from "../../api/b.ts";`,
    "no-restricted-imports",
  ],
  ["fleet/ imports edge/", "fleet/a.ts", `export * from "../edge/b.ts";`, "no-restricted-imports"],
  [
    "fleet/mailbox imports fleet/webhook",
    "fleet/mailbox/a.ts",
    `export * from "../webhook/b.ts";`,
    "no-restricted-imports",
  ],
  [
    "fleet/webhook imports fleet/mailbox",
    "fleet/webhook/a.ts",
    `export * from "../mailbox/b.ts";`,
    "no-restricted-imports",
  ],
  [
    "fleet/ imports postal-mime",
    "fleet/mailbox/b.ts",
    `export { addressParser } from "postal-mime";`,
    "no-restricted-imports",
  ],
  [
    "edge/ imports postal-mime",
    "edge/d.ts",
    `export * from "postal-mime";`,
    "no-restricted-imports",
  ],
  [
    "a mail is parsed outside the process for it",
    "fleet/dead-letters/a.ts",
    `export * from "../mime/parser/mail-parser.ts";`,
    "no-restricted-imports",
  ],
  [
    "fleet/webhook parses a mail itself",
    "fleet/webhook/payload/a.ts",
    `export { parsedMailOf } from "./parsed-mail.ts";`,
    "no-restricted-imports",
  ],
  [
    "fleet/ speaks SQL",
    "fleet/b.ts",
    `export { pgTable } from "drizzle-orm/pg-core";`,
    "no-restricted-imports",
  ],
  [
    "product code imports test/",
    "fleet/c.ts",
    `export * from "../test/b.ts";`,
    "no-restricted-imports",
  ],
  [
    "client/ imports more than types of edge/",
    "client/a.ts",
    `import { b } from "../edge/b.ts";\nexport const c = b;`,
    "no-restricted-imports",
  ],
  [
    "edge/admin imports edge/api",
    "edge/admin/users/a.ts",
    `export * from "../../api/b.ts";`,
    "no-restricted-imports",
  ],
  [
    "admin/ imports more than types of edge/",
    "admin/screens/a.ts",
    `export { f } from "../../edge/b.ts";`,
    "no-restricted-imports",
  ],
  ["admin/ imports db/", "admin/b.ts", `export * from "../db/b.ts";`, "no-restricted-imports"],
  [
    "reference/ imports the project",
    "reference/a.ts",
    `export * from "../shared/b.ts";`,
    "no-restricted-imports",
  ],
  ["client/ imports db/", "client/b.ts", `export * from "../db/b.ts";`, "no-restricted-imports"],
  [
    "client/ imports a builtin of Node",
    "client/c.ts",
    `export * from "node:fs";`,
    "no-restricted-imports",
  ],
  [
    "examples/ import shared/",
    "examples/a.ts",
    `export * from "../shared/b.ts";`,
    "no-restricted-imports",
  ],
  [
    "product code imports client/",
    "edge/c.ts",
    `export * from "../client/b.ts";`,
    "no-restricted-imports",
  ],
  ["dev/ imports test/", "dev/a.ts", `export * from "../test/b.ts";`, "no-restricted-imports"],
  [
    "fleet/ uses a global of Bun",
    "fleet/d.ts",
    `export const v = Bun.version;`,
    "no-restricted-globals",
  ],
  [
    "two files import one another",
    "shared/cycle-a.ts",
    `import { b } from "./cycle-b.ts";\nexport const a = () => b();`,
    "no-cycle",
  ],
  [
    "a promise is left alone",
    "shared/floating.ts",
    `const work = async () => {};\nexport function go() {\n  work();\n}`,
    "no-floating-promises",
  ],
  [
    "a switch leaves a case out",
    "shared/switch.ts",
    `export function nameOf(kind: "a" | "b") {\n  switch (kind) {\n    case "a":\n      return 1;\n  }\n  return 0;\n}`,
    "switch-exhaustiveness-check",
  ],
  ["a value is any", "shared/any.ts", `export const x = (y: any) => y;`, "no-explicit-any"],
];

let folder = "";
let found: { code: string; filename: string }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "superimap-lint-"));
  await symlink(join(CHECKOUT, "node_modules"), join(folder, "node_modules"));
  for (const name of [".oxlintrc.json", "tsconfig.base.json", "tsconfig.json"]) {
    await copyFile(join(CHECKOUT, name), join(folder, name));
  }
  const files = [...BREACHES.map(([, file, text]) => [file, text] as const), CYCLE];
  for (const [file, text] of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${text}\n`);
  }
  for (const name of ["shared", "db", "edge", "fleet", "client"]) {
    await copyFile(join(CHECKOUT, name, "tsconfig.json"), join(folder, name, "tsconfig.json"));
  }
  const oxlint = join(CHECKOUT, "node_modules", ".bin", "oxlint");
  const run = promisify(execFile)(oxlint, ["--type-aware", "--format=json"], { cwd: folder });
  // oxlint exits with status 1 if it reports something.
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  found = v.parse(v.pipe(v.string(), v.parseJson(), report), stdout).diagnostics;
});

const CYCLE = [
  "shared/cycle-b.ts",
  `import { a } from "./cycle-a.ts";\nexport const b = (): unknown => a();`,
] as const;

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(BREACHES)("the linter objects when %s", (_what, file, _text, rule) => {
  const rules = found.filter(({ filename }) => filename === file).map(({ code }) => code);
  expect(rules).toContainEqual(expect.stringContaining(`(${rule})`));
});
