import { readdirSync, readFileSync } from "node:fs";
import { readCorpus } from "../../corpus/corpus.ts";
import { newDraw } from "../draw.ts";
import { MAIL_MUTATIONS } from "./mail-mutations.ts";

/** Larger mails of the corpus are not used. */
const MAX_CORPUS_BYTES = 64 * 1_024;
/**
 * The maximum size of a mutated mail in KiB. Each run draws one of these values. Most are small,
 * because small mails are fast to read.
 */
const MAX_KIB = [4, 4, 4, 4, 4, 4, 16, 16, 16, 64, 64];
const LARGE_SHARE = 0.01;
const MAX_LARGE_KIB = 1_024;
const MAX_MUTATIONS = 6;
const CASES = new URL("../../corpus/cases/", import.meta.url);

export interface MutatedMail {
  raw: Uint8Array;
  /** The name of the corpus mail and of each mutation. */
  made: string;
}

const mutations = Object.entries(MAIL_MUTATIONS);

let mails: { name: string; text: string }[] | undefined;

function readMails() {
  const cases = readdirSync(CASES)
    .filter((file) => file.endsWith(".eml"))
    .toSorted()
    .map((file) => ({ name: file, raw: readFileSync(new URL(file, CASES)) }));
  return [...readCorpus(), ...cases]
    .filter(({ raw }) => raw.length <= MAX_CORPUS_BYTES)
    .map(({ name, raw }) => ({ name, text: Buffer.from(raw).toString("latin1") }));
}

/** Returns the mail for a seed: a mail of the corpus after one or more mutations. */
export function mutateMail(seed: number): MutatedMail {
  const draw = newDraw(seed);
  mails ??= readMails();
  const [first, second] = [mails[draw.below(mails.length)], mails[draw.below(mails.length)]];
  if (!first || !second) throw new Error("Cannot mutate a mail: the corpus has none");
  const maxBytes = 1_024 * (draw.chance(LARGE_SHARE) ? MAX_LARGE_KIB : draw.pick(MAX_KIB));
  let { text } = first;
  const names = [first.name];
  for (let count = draw.few(MAX_MUTATIONS); count > 0; count--) {
    const chosen = mutations[draw.below(mutations.length)];
    if (!chosen) break;
    const [name, mutate] = chosen;
    text = mutate(text, { draw, other: second.text, maxBytes }).slice(0, maxBytes);
    names.push(name);
  }
  return { raw: Buffer.from(text, "latin1"), made: names.join(", ") };
}
