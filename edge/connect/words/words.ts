import { de } from "./de.ts";
import { en, type Words } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { ja } from "./ja.ts";
import type { PageLanguage } from "./choose-language.ts";
import { pt } from "./pt.ts";

/** The texts of the connect pages in each language. */
export const PAGE_WORDS: Readonly<Record<PageLanguage, Words>> = { en, de, fr, es, pt, ja };
