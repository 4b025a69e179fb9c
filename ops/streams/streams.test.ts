import { expect, test } from "vitest";
import { ageText, bytesText, deadLetterRows } from "./rows.ts";
import { toTable } from "./to-table.ts";

test.each([
  [0, "0 B"],
  [1_023, "1023 B"],
  [1_024, "1.0 KiB"],
  [64 * 1_024, "64 KiB"],
  [1.5 * 2 ** 30, "1.5 GiB"],
  [2_048 * 2 ** 40, "2048 TiB"],
])("%i bytes are %s", (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test.each([
  [-5, "0 s"],
  [999, "0 s"],
  [59_000, "59 s"],
  [60_000, "1 min"],
  [3_599_000, "59 min"],
  [3_600_000, "1 h"],
  [200_000_000, "2 d"],
])("%i ms are %s", (ms, text) => {
  expect(ageText(ms)).toBe(text);
});

test("dead letters are counted by partner and kind, largest count first", () => {
  expect(
    deadLetterRows({
      "dead.prt_a.new_mail.usr_1": 2,
      "dead.prt_b.user_connected.usr_3": 9,
      "dead.prt_a.new_mail.usr_2": 1,
    }),
  ).toEqual([
    ["prt_b", "user_connected", "9"],
    ["prt_a", "new_mail", "3"],
  ]);
});

test("a table has numbers to the right and text to the left", () => {
  const rows = [
    ["EVENTS", "5", "1.0 KiB"],
    ["A", "12", ""],
  ];
  expect(toTable(["stream", "messages", "bytes"], rows).split("\n")).toEqual([
    "stream  messages    bytes",
    "EVENTS         5  1.0 KiB",
    "A             12",
  ]);
});

test("an empty table shows that it is empty", () => {
  expect(toTable(["lane", "pending"], [])).toBe("lane: none");
});
