import { readFile, readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { inCheckout } from "../../dev/checkout.ts";

const FLEET = inCheckout("fleet");
/** The layers in docs/architecture.md, highest first. */
const LAYERS = await readLayers();

async function readLayers(): Promise<string[]> {
  const page = await readFile(inCheckout("docs", "architecture.md"), "utf8");
  const [, block = ""] = /### The layers of the fleet\n[\s\S]*?```\n([\s\S]*?)```/.exec(page) ?? [];
  return block.split(/\s+/).filter(Boolean);
}

/**
 * Returns the layer of a file: its folder or, in mailbox/ and webhook/, its subfolder. A file
 * directly in one of these two or in fleet/ is its own layer.
 */
function findLayer(path: string): string {
  const [folder = "", inner = ""] = relative(FLEET, path).split("/");
  if (folder === "mailbox" || folder === "webhook")
    return `${folder}/${inner.replace(/\.ts$/, "")}`;
  return folder.replace(/\.ts$/, "");
}

async function listImports() {
  const names = await readdir(FLEET, { recursive: true });
  const files = names.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const lists = files.map(async (name) => {
    const path = join(FLEET, name);
    const source = await readFile(path, "utf8");
    return [...source.matchAll(/ from "(\.[^"]+)"/g)].map(([, target = ""]) => {
      return { from: path, to: join(dirname(path), target) };
    });
  });
  return (await Promise.all(lists)).flat().filter(({ to }) => to.startsWith(`${FLEET}/`));
}

test("no import of the fleet goes up a layer", async () => {
  const imports = await listImports();
  expect(imports.length).toBeGreaterThan(500);
  const layerNumber = (path: string) => LAYERS.indexOf(findLayer(path));
  const wrong = imports.filter(({ from, to }) => layerNumber(to) < layerNumber(from));
  expect(
    wrong.map(({ from, to }) => `${relative(FLEET, from)} imports ${relative(FLEET, to)}`),
  ).toEqual([]);
});

test("each folder of the fleet is on one of the layers", async () => {
  const imports = await listImports();
  const layers = new Set(imports.flatMap(({ from, to }) => [findLayer(from), findLayer(to)]));
  expect([...layers].toSorted()).toEqual(LAYERS.toSorted());
});

test("NATS subjects are written in fleet/bus/subjects.ts alone", async () => {
  const names = await readdir(FLEET, { recursive: true });
  const files = names.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const writes = async (name: string) =>
    /["`](evt|body|dead|att)\./.test(await readFile(join(FLEET, name), "utf8"));
  const found: string[] = [];
  for (const name of files) if (await writes(name)) found.push(name);
  expect(found).toEqual(["bus/subjects.ts"]);
});
