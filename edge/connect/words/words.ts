import { de } from "./de.ts";
import { en, type Words } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { ja } from "./ja.ts";
import type { Language } from "./choose-language.ts";
import { pt } from "./pt.ts";

/** The texts of the connect pages in each language. */
export const WORDS: Readonly<Record<Language, Words>> = { en, de, fr, es, pt, ja };
