import { expect, test } from "vitest";
import { parseAddresses } from "./address-list.ts";

const ANN = "ann@mail.example";
const LISTS: [list: string, mailboxes: [name: string | null, address: string | null][]][] = [
  ["", []],
  ["Ann <@relay.example,@other.example:ann@mail.example>", [["Ann", ANN]]],
  ["a . b @ mail . example", [[null, "a.b@mail.example"]]],
  ["Dr. ann@mail.example", [["Dr.", ANN]]],
  [
    `Ann Example <${ANN}>, ${ANN}`,
    [
      ["Ann Example", ANN],
      [null, ANN],
    ],
  ],
  [
    `"Doe, Jane" <${ANN}>; "A \\"B\\" C" <${ANN}>`,
    [
      ["Doe, Jane", ANN],
      ['A "B" C', ANN],
    ],
  ],
  ['"very.unusual.@.unusual"@mail.example', [[null, '"very.unusual.@.unusual"@mail.example']]],
  ['Ann <"a >, b"@mail.example>', [["Ann", '"a >, b"@mail.example']]],
  ['"ann example"@mail.example (Ann)', [["Ann", '"ann example"@mail.example']]],
  ['ann."x y"@mail.example', [[null, 'ann."x y"@mail.example']]],
  [
    'Team: "a b"@mail.example, Ann <ann@mail.example>;',
    [
      [null, '"a b"@mail.example'],
      ["Ann", ANN],
    ],
  ],
  [`${ANN} (Ann (the first) Example)`, [["Ann (the first) Example", ANN]]],
  [`${ANN} (Ann \\) Example)`, [["Ann ) Example", ANN]]],
  [`(one) ${ANN} (two, (three))`, [["one two, (three)", ANN]]],
  [`"Ann" (a (b) c) <${ANN}>`, [["Ann", ANN]]],
  [`ann(a comment)@mail.example`, [["a comment", ANN]]],
  ["ann @ mail.example", [[null, ANN]]],
  [`=?utf-8?Q?M=C3=BCller=2C_Eva?= <${ANN}>`, [["Müller, Eva", ANN]]],
  [`=?utf-8?Q?Doe,_Jane?= <${ANN}>`, [["Doe, Jane", ANN]]],
  [`=?UTF-8?Q?M=c3?= =?utf-8?Q?=bcller?= <${ANN}>`, [["Müller", ANN]]],
  [`"=?utf-8?Q?M=C3=BCller?=" <${ANN}>`, [["Müller", ANN]]],
  [`${ANN} (=?x-unknown?Q?M=C3=BCller?=)`, [["Müller", ANN]]],
  [`=?utf-8?Q?Ann_=3Cann=40mail.example=3E?=`, [["Ann", ANN]]],
  ["=?utf-8?Q?ann=40mail.example?=", [["ann@mail.example", null]]],
  ['"ann@mail.example"', [["ann@mail.example", null]]],
  [`"boss@mail.example" <${ANN}>`, [["boss@mail.example", ANN]]],
  [`"${ANN}" <${ANN}>`, [[null, ANN]]],
  ["undisclosed-recipients:;", []],
  [`A: B: ${ANN};;`, [[null, ANN]]],
  [`mailto:${ANN}`, [[null, ANN]]],
  [`Ann < Co <${ANN}>`, [["Ann Co", ANN]]],
  [
    `"Ann <${ANN}>, bob@mail.example`,
    [
      ["Ann", ANN],
      [null, "bob@mail.example"],
    ],
  ],
  [
    `${ANN} (Ann, bob@mail.example`,
    [
      ["Ann", ANN],
      [null, "bob@mail.example"],
    ],
  ],
  [`Ann <${ANN}`, [["Ann", ANN]]],
  [`'${ANN}'`, [[null, ANN]]],
  [
    "ann@[192.0.2.1], ann@[IPv6:2001:db8::1]",
    [
      [null, "ann@[192.0.2.1]"],
      [null, "ann@[IPv6:2001:db8::1]"],
    ],
  ],
  ["jörg@mail.example", [[null, "jörg@mail.example"]]],
  ["no address here, <>, ,;", [["no address here", null]]],
  ["Ann\u0000 <ann\u0001@mail.example>", [["Ann", ANN]]],
  [`O"Neil" <${ANN}>`, [["ONeil", ANN]]],
];

test.each(LISTS)("the mailboxes of %j are %j", (list, mailboxes) => {
  expect(parseAddresses(list)).toEqual(mailboxes.map(([name, address]) => ({ name, address })));
});

const HOSTILE = [
  '"',
  '"\\"',
  "(",
  "((a)",
  "<",
  '<"',
  "@ ",
  "a@",
  ",",
  "a;",
  "a:",
  '"a".',
  "=?a?q?",
];

test.each(HOSTILE)("500 kB of %j come to an end", (unit) => {
  expect(parseAddresses(unit.repeat(500_000 / unit.length)).length).toBeLessThanOrEqual(500_000);
});
