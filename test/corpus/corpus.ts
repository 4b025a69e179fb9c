import { readdirSync, readFileSync } from "node:fs";
import { GENERATED_MAILS } from "./generated-mails.ts";

/** A difficult mail. `raw` has its exact bytes. */
export interface CorpusMail {
  name: string;
  raw: Uint8Array;
}

const FOLDER = new URL(".", import.meta.url);

/** Returns all difficult mails, stored and generated, sorted by name. */
export function readCorpus(): CorpusMail[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".eml"));
  const kept = files.map((file) => ({
    name: file.slice(0, -".eml".length),
    raw: readFileSync(new URL(file, FOLDER)),
  }));
  const generated = [...GENERATED_MAILS].map(([name, raw]) => ({ name, raw }));
  return [...kept, ...generated].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
