import { expect, test } from "vitest";
import { replyText } from "./reply-text.ts";

const quoted = (...lines: string[]) => lines.join("\r\n");

const CASES: [program: string, text: string, reply: string][] = [
  ["a text that quotes nothing", "Hello\r\n\r\nBob", "Hello\n\nBob"],
  ["an empty text", "", ""],
  [
    "Gmail, in English, folded",
    quoted(
      "Yes, please.",
      "",
      "On Sun, Nov 22, 2026 at 10:00 AM Ann Example <",
      "ann@example.com> wrote:",
      "",
      "> Shall we?",
      "> -- ",
      "> Ann",
    ),
    "Yes, please.",
  ],
  [
    "Gmail, in German",
    "Ja.\n\nAm So., 22. Nov. 2026 um 10:00 Uhr schrieb Ann <ann@example.com>:\n\n> Gern?",
    "Ja.",
  ],
  [
    "Gmail, in Japanese",
    "はい\n\n2026年11月22日(日) 10:00 Ann Example <ann@example.com>:\n\n> どう？",
    "はい",
  ],
  [
    "Gmail, in Spanish",
    "Sí\n\nEl dom, 22 nov 2026 a las 10:00, Ann (<a@b.es>) escribió:\n> ¿?",
    "Sí",
  ],
  [
    "Gmail, in Polish",
    "Tak\n\nniedz., 22 lis 2026 o 10:00 Ann <a@b.pl> napisał(a):\n\n> Hm?",
    "Tak",
  ],
  [
    "Gmail, in Russian",
    "Да\n\nвс, 22 нояб. 2026 г. в 10:00, Ann <ann@example.com>:\n\n> Ну?",
    "Да",
  ],
  [
    "Apple Mail, in French, with its signature",
    "Oui.\n\nEnvoyé de mon iPhone\n\n> Le 22 nov. 2026 à 10:00, Ann <ann@example.com> a écrit :\n> \n> Alors ?",
    "Oui.",
  ],
  [
    "Outlook, in English",
    quoted(
      "Fine with me.",
      "",
      "Bob",
      "",
      "________________________________",
      "From: Ann Example <ann@example.com>",
      "Sent: Sunday, November 22, 2026 10:00 AM",
      "To: Bob <bob@example.com>",
      "Subject: Shall we?",
      "",
      "Shall we?",
    ),
    "Fine with me.\n\nBob",
  ],
  [
    "Outlook, in German, without a line",
    "Passt.\n\nVon: Ann <a@b.de>\nGesendet: Sonntag, 22. November 2026 10:00\nAn: Bob\nBetreff: Re\n\nGut?",
    "Passt.",
  ],
  [
    "Outlook Express, in French",
    "D'accord\n\n-----Message d'origine-----\nDe : Ann\nEnvoyé : dimanche\n\nAlors ?",
    "D'accord",
  ],
  [
    "Thunderbird, answered below",
    "On 22/11/2026 10:00, Ann wrote:\n> Shall we?\n\nYes.\n\n-- \nBob\nExample Ltd",
    "Yes.",
  ],
  ["answers between quoted lines", "Ann wrote:\n> One?\nYes.\n> Two?\nNo.\n", "Yes.\nNo."],
  [
    "an attribution right below the text",
    "Thanks!\nOn 22 Nov 2026, at 10:00, Ann <ann@example.com> wrote:\n\nShall we?",
    "Thanks!",
  ],
  [
    "a forwarded mail",
    "FYI\n\n---------- Forwarded message ---------\nFrom: Ann <ann@example.com>\n\nHello",
    "FYI",
  ],
  [
    "the footer of a list",
    "Hello\n_______________________________________________\nlist@example.com",
    "Hello",
  ],
  ["a sentence that only looks so", "As Ann wrote:\n\nit is late", "As Ann wrote:\n\nit is late"],
  ["a list after a colon", "You wrote 3 things:\n- one", "You wrote 3 things:\n- one"],
  [
    "a letter that begins with From:",
    "From: the beginning\nall was well",
    "From: the beginning\nall was well",
  ],
  ["nothing but a quotation", "> Hello\n> Bob", ""],
];

test.each(CASES)("replyText() of %s", (_program, text, reply) => {
  expect(replyText(text)).toBe(reply);
});

const HOSTILE: [what: string, text: string][] = [
  ["attributions", "On Mon 10:00 a@b <a@b> wrote\n:\n".repeat(4_000)],
  ["openings", "a<a@".repeat(50_000)],
  ["headers", "From: a\nTo: b\n".repeat(7_000)],
  ["colons", ":\n".repeat(50_000)],
  ["spaces", `a${" ".repeat(1_000)}`.repeat(200)],
];

test.each(HOSTILE)("replyText() of 200 kB of %s comes to an end", (_what, text) => {
  expect(replyText(text).length).toBeLessThanOrEqual(text.length);
});
