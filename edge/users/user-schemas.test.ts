import { expect, test } from "vitest";
import type { FieldError } from "../../shared/errors.ts";
import { AppError } from "../../shared/errors.ts";
import { parseFields } from "../middleware/valid.ts";
import { changedUser, newUser } from "./user-schemas.ts";

function catchFaults(parse: () => unknown): readonly FieldError[] {
  try {
    parse();
  } catch (error) {
    if (error instanceof AppError) return error.fields;
    throw error;
  }
  return [];
}

const accepted: [what: string, input: object, output: object][] = [
  ["a tag alone", { tag: "X" }, { tag: "X" }],
  ["a tag with blanks around it", { tag: "  a b " }, { tag: "a b" }],
  ["a tag of 255 characters", { tag: "x".repeat(255) }, { tag: "x".repeat(255) }],
  ["tags that need encoding", { tag: "a/b?ü%#" }, { tag: "a/b?ü%#" }],
  ["an empty e-mail address as none", { tag: "X", email: "" }, { tag: "X", email: null }],
  ["null for nothing", { tag: "X", login_password: null }, { tag: "X", login_password: null }],
  [
    "blanks in a password",
    { tag: "X", login_password: " p " },
    { tag: "X", login_password: " p " },
  ],
];

test.each(accepted)("newUser accepts %s", (_what, input, output) => {
  expect(parseFields(newUser, input)).toEqual(output);
});

const refused: [what: string, input: unknown, faults: FieldError[]][] = [
  ["no fields", {}, [{ pointer: "/tag", detail: "is missing" }]],
  ["what is no object", ["X"], [{ pointer: "", detail: "must be an object" }]],
  ["a number", { tag: 5 }, [{ pointer: "/tag", detail: "must be a string" }]],
  ["a blank tag", { tag: "  " }, [{ pointer: "/tag", detail: "must not be blank" }]],
  [
    "a tag too long",
    { tag: "x".repeat(256) },
    [{ pointer: "/tag", detail: "must be at most 255 characters long" }],
  ],
  [
    "a control character",
    { tag: "a\u0007" },
    [{ pointer: "/tag", detail: "must not contain control characters" }],
  ],
  [
    "half a surrogate pair",
    { tag: "a\ud800" },
    [{ pointer: "/tag", detail: "must not contain control characters" }],
  ],
  ["a step up in a path", { tag: ".." }, [{ pointer: "/tag", detail: "must not be . or .." }]],
  [
    "an address without @",
    { tag: "X", email: "nobody" },
    [{ pointer: "/email", detail: "must be an e-mail address" }],
  ],
  [
    "a password of two lines",
    { tag: "X", login_password: "a\r\nb" },
    [{ pointer: "/login_password", detail: "must not contain line breaks or NUL" }],
  ],
  [
    "JSON that was sent as a form, and does not repeat it",
    { '{"tag":"X","login_password":"hunter2"}': "" },
    [
      { pointer: "/tag", detail: "is missing" },
      { pointer: "", detail: "has an unknown field (is it JSON that was sent as a form?)" },
    ],
  ],
  [
    "several faults, all reported at once",
    { email: 1, "a/b~": 1, constructor: 1, ["__proto__"]: 1 },
    [
      { pointer: "/tag", detail: "is missing" },
      { pointer: "/email", detail: "must be a string or null" },
      { pointer: "/a~1b~0", detail: "is not a known field" },
      { pointer: "/constructor", detail: "is not a known field" },
      { pointer: "/__proto__", detail: "is not a known field" },
    ],
  ],
];

test.each(refused)("newUser refuses %s", (_what, input, faults) => {
  expect(catchFaults(() => parseFields(newUser, input))).toEqual(faults);
});

test.each([
  [true, true],
  ["true", true],
  ["1", true],
  [false, false],
  ["false", false],
  ["0", false],
])("changedUser reads archived %j as %j", (archived, expected) => {
  expect(parseFields(changedUser, { archived })).toEqual({ archived: expected });
});

test.each([["yes"], [1], [null], [""]])("changedUser refuses archived %j", (archived) => {
  expect(catchFaults(() => parseFields(changedUser, { archived }))).toEqual([
    { pointer: "/archived", detail: "must be true or false" },
  ]);
});

test("no refusal repeats the value", () => {
  const input = {
    tag: 5,
    email: "hunter2",
    login_password: `hunter2\n`,
    login_username: ["hunter2"],
  };
  const faults = catchFaults(() => parseFields(newUser, input));
  expect(faults).toHaveLength(4);
  expect(JSON.stringify(faults)).not.toContain("hunter2");
});
