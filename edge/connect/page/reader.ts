import type { Context } from "hono";
import type { AppEnv } from "../../app-env.ts";
import { chooseLanguage, type PageLanguage } from "../words/choose-language.ts";
import type { Words } from "../words/en.ts";
import { PAGE_WORDS } from "../words/words.ts";

/** The language of the person who reads the page, and all texts in it. */
export interface Reader {
  language: PageLanguage;
  words: Words;
}

export function readerOf(c: Context<AppEnv>): Reader {
  const language = chooseLanguage(c.get("language") ?? null, c.req.header("accept-language"));
  return { language, words: PAGE_WORDS[language] };
}
