import { expect, test } from "vitest";
import { createLog } from "./log.ts";

function logError(error: string): string {
  const lines: string[] = [];
  createLog((line) => lines.push(line)).info("mailbox.synced", { error });
  return lines[0] ?? "";
}

test("a line contains no control sequences or invisible characters, and keeps the message", () => {
  const said = "a\u001b[2J\u009b31m\u202etxt\u2028b";
  const line = logError(said);
  expect(line).not.toMatch(/[\p{Cc}\p{Zl}\u202e]/u);
  expect(JSON.parse(line)).toMatchObject({ error: said });
});

test("every text in a log line is at most 8 KiB long", () => {
  expect(logError("x".repeat(1_000_000)).length).toBeLessThan(8_400);
});
