import { expect, test } from "vitest";
import { htmlToText } from "./html-text.ts";

const CASES: [html: string, text: string][] = [
  ["", ""],
  ["<p>One</p><p>Two &amp; <b>three</b></p>", "One\n\nTwo & three"],
  ["<div>a<br>b</div>\r\n  <div> c </div>", "a\nb\n\nc"],
  ["<html><head><title>x</title><STYLE>p{}</STYLE></head><body>Hi</body></html>", "Hi"],
  ["a<!-- b > c -->d<script>if (a < b) {}</script>e", "ade"],
  ["&#228;&#x1F600;&auml;&Auml;&nope;&#0;&#9999999;", "ä😀äÄ&nope;&#0;&#9999999;"],
  ["1 < 2", "1 < 2"],
  ["a <b", "a <b"],
];

test.each(CASES)("the text of %j is %j", (html, text) => {
  expect(htmlToText(html)).toBe(text);
});

const HOSTILE = [
  "<",
  "<a href=",
  "<!--",
  "<style>",
  "<style></style>",
  "<br>",
  "&#",
  "&",
  " ",
  "\n",
  "<a>",
  "A",
];

test.each(HOSTILE)("4 MiB of %j come to an end at once", (unit) => {
  const startMs = performance.now();
  htmlToText(unit.repeat((4 * 2 ** 20) / unit.length));
  expect(performance.now() - startMs).toBeLessThan(5_000);
});
