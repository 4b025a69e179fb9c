/** The languages of the connect pages (BCP 47). The first is used when no other is accepted. */
export const PAGE_LANGUAGES = ["en", "de", "fr", "es", "pt", "ja"] as const;

export type PageLanguage = (typeof PAGE_LANGUAGES)[number];

/** How many languages of an Accept-Language header are read. Browsers send about ten. */
const MAX_RANGES = 20;

/**
 * Chooses the language of a page: `wanted`, if there are pages in this language, otherwise the
 * accepted language with the highest weight (RFC 9110, 12.5.4). A region is ignored: `de-AT` is
 * German (RFC 4647, 3.4).
 *
 * @param wanted The parameter `lang` of a link; null if there is none.
 * @param accepted The header Accept-Language.
 */
export function chooseLanguage(wanted: string | null, accepted: string | undefined): PageLanguage {
  const language = wanted === null ? undefined : findLanguage(wanted);
  return language ?? chooseAccepted(accepted ?? "") ?? PAGE_LANGUAGES[0];
}

function chooseAccepted(accepted: string): PageLanguage | undefined {
  const ranges = accepted
    .split(",", MAX_RANGES)
    .map(toRange)
    .filter(({ weight }) => weight > 0)
    // The sort is stable, so languages with the same weight stay in the order of the header.
    .toSorted((a, b) => b.weight - a.weight);
  for (const { tag } of ranges) {
    if (tag === "*") return PAGE_LANGUAGES[0];
    const language = findLanguage(tag);
    if (language !== undefined) return language;
  }
  return undefined;
}

function toRange(part: string): { tag: string; weight: number } {
  const [tag = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
  const weight = parameters.find((text) => text.startsWith("q="))?.slice(2);
  return { tag, weight: weight === undefined ? 1 : Number(weight) };
}

function findLanguage(tag: string): PageLanguage | undefined {
  const [primary = ""] = tag.trim().toLowerCase().split(/[-_]/, 1);
  return PAGE_LANGUAGES.find((language) => language === primary);
}
