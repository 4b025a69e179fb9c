import { expect, test } from "vitest";
import { readLinkPath } from "./link-path.ts";

const SUCCESS = encodeURIComponent("https://app.test/ok?a=1&b=2");
const FAILURE = encodeURIComponent("https://app.test/bad");
const success = "https://app.test/ok?a=1&b=2";
const failure = "https://app.test/bad";

test.each([
  ["no callbacks", "", { success: null, failure: null }],
  ["callbacks behind ?", `?success=${SUCCESS}&failure=${FAILURE}`, { success, failure }],
  ["callbacks behind &", `&success=${SUCCESS}&failure=${FAILURE}`, { success, failure }],
  ["one callback behind &", `&failure=${FAILURE}`, { success: null, failure }],
  ["callbacks behind ?&", `?&success=${SUCCESS}`, { success, failure: null }],
  ["callbacks behind both", `&success=${SUCCESS}?failure=${FAILURE}`, { success, failure }],
  [
    "a callback that is not encoded",
    "&success=https://app.test/ok",
    { success: "https://app.test/ok", failure: null },
  ],
  [
    "a callback in Latin-1, and one in UTF-8",
    `?success=https%3A%2F%2Fapp.test%2FStra%DFe&failure=${FAILURE}`,
    { success: null, failure },
  ],
  [
    "a callback with an escape that is none",
    "&success=https://app.test/%G1",
    { success: null, failure: null },
  ],
  ["other parameters", "?utm_source=x", { success: null, failure: null }],
])("readLinkPath() reads a link with %s", (_what, rest, callbacks) => {
  expect(readLinkPath(`https://mail.test/connect/a.b.c${rest}`)).toEqual({
    token: "a.b.c",
    callbacks,
    language: null,
  });
});

test.each(["?lang=de", "&lang=de", `?success=${SUCCESS}&lang=de&lang=fr`])(
  "readLinkPath() reads the language of %s",
  (rest) => {
    expect(readLinkPath(`https://mail.test/connect/a.b.c${rest}`).language).toBe("de");
  },
);
