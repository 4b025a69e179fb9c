import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { parseSync } from "oxc-parser";
import * as v from "valibot";
import { CHECKOUT, inCheckout } from "../../dev/checkout.ts";

export interface Pattern {
  /** The regular expression as it is written in TypeScript. */
  literal: string;
  source: string;
  flags: string;
  files: string[];
}

/** The files that process text from strangers. */
const SOURCES = "{fleet,shared,db,edge,client}/**/*.ts";
/**
 * The file that builds its regular expressions from lists of words. The test must load this file to
 * get the regular expressions.
 */
export const COMPUTED = "fleet/webhook/payload/quotation-words.ts";

const regExpNode = v.object({ regex: v.object({ pattern: v.string(), flags: v.string() }) });
const newRegExp = v.object({
  type: v.picklist(["NewExpression", "CallExpression"]),
  callee: v.object({ type: v.literal("Identifier"), name: v.literal("RegExp") }),
});

/**
 * Returns all regular expressions in SOURCES, and the files that build more of them at run time.
 */
export async function collectPatterns(): Promise<{ patterns: Pattern[]; computing: string[] }> {
  const found = new Map<string, Pattern>();
  const computing = new Set<string>();
  const add = (source: string, flags: string, file: string) => {
    const literal = `/${source}/${flags}`;
    const pattern = found.get(literal) ?? { literal, source, flags, files: [] };
    if (!pattern.files.includes(file)) pattern.files.push(file);
    found.set(literal, pattern);
  };
  for await (const file of glob(SOURCES, { cwd: CHECKOUT })) {
    if (file.endsWith(".test.ts")) continue;
    const { program } = parseSync(file, readFileSync(inCheckout(file), "utf8"));
    visit(program, (node) => {
      if (v.is(regExpNode, node)) add(node.regex.pattern, node.regex.flags, file);
      if (v.is(newRegExp, node)) computing.add(file);
    });
  }
  for (const { source, flags } of await computedPatterns()) add(source, flags, COMPUTED);
  return { patterns: [...found.values()], computing: [...computing] };
}

function visit(node: unknown, look: (node: object) => void): void {
  if (typeof node !== "object" || node === null) return;
  look(node);
  for (const child of Object.values(node)) visit(child, look);
}

/** Returns the regular expressions that COMPUTED builds when it is loaded. */
async function computedPatterns(): Promise<RegExp[]> {
  const made: RegExp[] = [];
  const Original = globalThis.RegExp;
  globalThis.RegExp = new Proxy(Original, {
    construct(target, args: [string, string?]) {
      const pattern = new target(...args);
      made.push(pattern);
      return pattern;
    },
  });
  try {
    // With a query in its URL, a module is loaded again even if it was loaded before.
    const url = `${pathToFileURL(inCheckout(COMPUTED)).href}?patterns`;
    await import(/* @vite-ignore */ url);
  } finally {
    globalThis.RegExp = Original;
  }
  return made;
}
