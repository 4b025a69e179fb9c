import { glob, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { CHECKOUT, inCheckout } from "../../dev/checkout.ts";

const EXPORTED = /^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm;

/** Names that more than one file may export. */
const SHARED = [
  // fleet/settings.ts and edge/settings.ts each export a function with this name.
  // ops/deploy-check calls the function of the program that it checks.
  "readSettings",
  // Vitest calls the function with this name in a global setup file.
  "setup",
];

test("an exported name is declared in one file", async () => {
  const files = new Map<string, Set<string>>();
  const paths = glob(
    "{admin,bench,client,db,dev,edge,examples,fleet,ops,shared,test}/**/*.{ts,tsx}",
    {
      cwd: CHECKOUT,
      exclude: (path) => path.includes("node_modules"),
    },
  );
  for await (const path of paths) {
    for (const [, name = ""] of (await readFile(inCheckout(path), "utf8")).matchAll(EXPORTED)) {
      files.set(name, (files.get(name) ?? new Set()).add(path));
    }
  }
  expect(files.size).toBeGreaterThan(1_000);
  const shared = [...files].filter(([name, where]) => where.size > 1 && !SHARED.includes(name));
  expect(shared.map(([name, where]) => [name, ...where].join(" "))).toEqual([]);
});
