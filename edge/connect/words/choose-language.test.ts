import { expect, test } from "vitest";
import { chooseLanguage, type PageLanguage } from "./choose-language.ts";

test.each<[header: string | undefined, language: PageLanguage]>([
  [undefined, "en"],
  ["", "en"],
  ["de", "de"],
  ["de-AT", "de"],
  ["DE_ch", "de"],
  ["pt-BR,pt;q=0.9,en;q=0.8", "pt"],
  ["nl-NL,nl;q=0.9,fr;q=0.7,en;q=0.8", "en"],
  ["nl;q=0.9,fr;q=0.8,en;q=0.7", "fr"],
  ["en;q=0.1,ja", "ja"],
  ["fr;q=0,de;q=0.5", "de"],
  ["es, de", "es"],
  ["nl, *;q=0.5", "en"],
  ["de;q=high, fr;q=0.3", "fr"],
  [";;q=1,,", "en"],
  ["deutsch", "en"],
  [`${"nl,".repeat(20)}de`, "en"],
])("for Accept-Language %j the language is %s", (header, language) => {
  expect(chooseLanguage(null, header)).toBe(language);
});

test.each<[wanted: string, language: PageLanguage]>([
  ["ja", "ja"],
  ["JA-jp", "ja"],
  ["nl", "de"],
  ["", "de"],
  ["constructor", "de"],
])("with lang=%s the language is %s", (wanted, language) => {
  expect(chooseLanguage(wanted, "de")).toBe(language);
});
