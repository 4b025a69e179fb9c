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
  [
    "fields that a person wrote",
    "Trip:\n\nFrom: Berlin\nTo: Paris\nDate: Monday\nSubject: work\nBook it.",
    "Trip:\n\nFrom: Berlin\nTo: Paris\nDate: Monday\nSubject: work\nBook it.",
  ],
  [
    "fields with times",
    "Von: Berlin 10:00\nAn: Paris 18:00\nDatum: 3.5.2026 10:00\nBitte buchen",
    "Von: Berlin 10:00\nAn: Paris 18:00\nDatum: 3.5.2026 10:00\nBitte buchen",
  ],
  [
    "Outlook, within one company",
    "Fine.\n\nFrom: Smith, Ann\nSent: Monday, November 23, 2026 10:00 AM\nTo: Bob\nSubject: RE: x\n\nold",
    "Fine.",
  ],
  [
    "Outlook for Mac",
    "Fine.\n\n*From:* Ann <ann@example.com>\n*Date:* Monday, 23 November 2026 at 10:00\n*To:* Bob\n*Subject:* x\n\nold",
    "Fine.",
  ],
  [
    "Outlook, right below the text and with folded recipients",
    "Fine.\nFrom: Ann <ann@example.com>\nSent: Monday, November 23, 2026 10:00 AM\nTo: Bob\n <bob@example.com>;\nCarol <carol@example.com>\nSubject: x\n\nold",
    "Fine.",
  ],
  [
    "fields with addresses that a person wrote",
    "Please change:\n\nFrom: old@example.com\nTo: new@example.com\nSubject: my address\n\nThanks",
    "Please change:\n\nFrom: old@example.com\nTo: new@example.com\nSubject: my address\n\nThanks",
  ],
  [
    "a line above a link",
    "Sign here:\n______________________\nhttps://example.com/form",
    "Sign here:\n______________________\nhttps://example.com/form",
  ],
  ["one quoted line without a space", ">Shall we?\nYes", "Yes"],
  [
    "answers to numbered questions",
    "Ann wrote:\n> 1. Where?\nBerlin\n> 2. When?\nMonday",
    "Berlin\nMonday",
  ],
  [
    "an answer like a telephone's line",
    "Ann wrote:\n> Which?\nSent from Outlook\n> And?\nYes",
    "Sent from Outlook\nYes",
  ],
  ["a face", "No.\n>:-(\nBob", "No.\n>:-(\nBob"],
  [
    "a memo",
    "From: the chair (chair@example.com)\nTo: all of you\nDate: 3 May 2026, 10:00\nSubject: vote\n\nVote.",
    "From: the chair (chair@example.com)\nTo: all of you\nDate: 3 May 2026, 10:00\nSubject: vote\n\nVote.",
  ],
  [
    "a parcel",
    "Von: Hamburg\nAn: Bremen\nGesendet: 10:00\nBetreff: Paket\nBitte suchen",
    "Von: Hamburg\nAn: Bremen\nGesendet: 10:00\nBetreff: Paket\nBitte suchen",
  ],
  [
    "a request that names an address and a time",
    "Call Bob <bob@example.com> at 10:00 and tell him:\n- one",
    "Call Bob <bob@example.com> at 10:00 and tell him:\n- one",
  ],
  [
    "such a request above a quotation",
    "Tell Bob <bob@example.com> at 10:00 what I say:\n> One.\nTwo.",
    "Tell Bob <bob@example.com> at 10:00 what I say:\nTwo.",
  ],
  [
    "a sentence with a time above a quotation",
    "I met the one at 10:00 who wrote:\n> One.\nTwo.",
    "I met the one at 10:00 who wrote:\nTwo.",
  ],
  [
    "a name and a date, in German",
    "Ja\n\nAnn Example schrieb am 22.11.2026 um 10:00:\n> Gut?",
    "Ja",
  ],
  [
    "a sentence of few words above a quotation",
    "As Ann wrote:\n> One.\nTwo.",
    "As Ann wrote:\nTwo.",
  ],
  ["a name and an address", "Ann <ann@example.com> wrote:\n> One.\nTwo.", "Two."],
  ["a line across the text", "one\n____________________\ntwo", "one\n____________________\ntwo"],
  ["dashes across the text", "one\n--\ntwo\n\n--\n\nthree", "one\n--\ntwo\n\n--\n\nthree"],
  ["a signature that lost its space", "one\n\n--\nBob\nExample Ltd", "one"],
  [
    "answers below a signature and between quoted lines",
    "See below.\n-- \nBob\n\nAnn wrote:\n> One?\nYes.\n> Two?\nNo.",
    "See below.\nYes.\nNo.",
  ],
  ["a telephone's line", "Yes.\n\nSent from my iPhone", "Yes."],
  ["a telephone's line right below", "Yes.\nSent from my Samsung Galaxy smartphone.", "Yes."],
  [
    "a program's line above a quotation",
    "Yes.\n\nGet Outlook for iOS\n________________________________\nFrom: Ann <a@b.de>\nSent: x\nTo: y\n\nold",
    "Yes.",
  ],
  ["a German telephone's line", "Ja.\n\nVon meinem iPhone gesendet\n\n> alt", "Ja."],
  [
    "a telephone's line in the middle",
    "Hello,\nSent from my phone the picture was dark.\nBye",
    "Hello,\nSent from my phone the picture was dark.\nBye",
  ],
  ["a sentence about a place", "Hi\n\nSent from my office.", "Hi\n\nSent from my office."],
  [
    "a German sentence",
    "Hallo,\nGesendet mit der Post habe ich es am Montag",
    "Hallo,\nGesendet mit der Post habe ich es am Montag",
  ],
  [
    "a question that begins so",
    "Hi\n\nSent from Outlook yesterday, did you get it?",
    "Hi\n\nSent from Outlook yesterday, did you get it?",
  ],
  [
    "a report of what somebody wrote",
    "On 3 May at 10:00 the inspector wrote:\n\nthe pump is broken\n\nWhat now?",
    "On 3 May at 10:00 the inspector wrote:\n\nthe pump is broken\n\nWhat now?",
  ],
  [
    "a sentence above a quotation",
    "I disagree with what you wrote:\n> One.\nBecause.",
    "I disagree with what you wrote:\nBecause.",
  ],
  [
    "short lines above an attribution",
    "On it.\nSee you at 10:00.\nAnn wrote:\n> When?",
    "On it.\nSee you at 10:00.",
  ],
  [
    "a number behind a mark",
    "Profit\n>50% this year\n\n> 5 people",
    "Profit\n>50% this year\n\n> 5 people",
  ],
  ["one quoted number", "Ann wrote:\n> 5 people?\nYes", "Yes"],
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
  ["addresses that never end", `<${"@".repeat(490)}:\n`.repeat(400)],
  ["lines across the text", `${"_".repeat(20)}\n`.repeat(9_000)],
  ["telephones", "Sent from my phone\n> a\n".repeat(8_000)],
  ["spaces", `a${" ".repeat(1_000)}`.repeat(200)],
];

test.each(HOSTILE)("replyText() of 200 kB of %s comes to an end", (_what, text) => {
  expect(replyText(text).length).toBeLessThanOrEqual(text.length);
});
