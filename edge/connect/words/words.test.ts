import { expect, test } from "vitest";
import { PAGE_LANGUAGES } from "./choose-language.ts";
import { fill, fillHtml } from "./fill.ts";
import { PAGE_WORDS } from "./words.ts";

/** Returns each text by its path, such as `form.submit`. */
function toTexts(words: object, path = ""): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === "string") texts.set(path + key, value);
    else for (const [inner, text] of toTexts(value, `${path}${key}.`)) texts.set(inner, text);
  }
  return texts;
}

const placeholdersOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).toSorted();
const english = toTexts(PAGE_WORDS.en);

test.each(PAGE_LANGUAGES)(
  "the texts in %s have the keys and the placeholders of the English ones",
  (language) => {
    const texts = toTexts(PAGE_WORDS[language]);
    expect([...texts.keys()].toSorted()).toEqual([...english.keys()].toSorted());
    for (const [key, text] of texts) {
      expect([key, [...new Set(placeholdersOf(text))]]).toEqual([
        key,
        [...new Set(placeholdersOf(english.get(key) ?? ""))],
      ]);
      expect(text.replaceAll(/\{\w+\}/g, "")).not.toMatch(/[{}]/);
      expect(text).toBe(text.trim());
    }
  },
);

/** Texts that are spelled alike in another language. */
const ALIKE = ["form.port", "form.starttls", "errorTitle"];

test.each(PAGE_LANGUAGES.filter((language) => language !== "en"))(
  "no text in %s is left in English",
  (language) => {
    const left = [...toTexts(PAGE_WORDS[language])].filter(
      ([key, text]) => text === english.get(key) && !ALIKE.includes(key),
    );
    expect(left).toEqual([]);
  },
);

test("fill() replaces placeholders, and does not read a value as a text with placeholders", () => {
  expect(fill("{a} and {b}{a}", { a: "{b}", b: "2" })).toBe("{b} and 2{b}");
  expect(() => fill("{c}", { a: "1" })).toThrow("found no value for c");
});

test("fillHtml() escapes texts", async () => {
  expect(String(await fillHtml("<{a}>", { a: "<b>&" }))).toBe("&lt;&lt;b&gt;&amp;&gt;");
});
