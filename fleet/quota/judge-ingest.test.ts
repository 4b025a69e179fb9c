import { expect, test } from "vitest";
import { judgeIngest } from "./judge-ingest.ts";

const quota = { events: 100, bytes: 1_000 };
const open = { kind: "open" };
const byEvents = { kind: "paused", by: "events" };
const byBytes = { kind: "paused", by: "bytes" };

test.each([
  { was: "open", events: 0, bytes: 0, ingest: open },
  { was: "open", events: 99, bytes: 999, ingest: open },
  { was: "open", events: 100, bytes: 0, ingest: byEvents },
  { was: "open", events: 0, bytes: 1_000, ingest: byBytes },
  { was: "open", events: 500, bytes: 5_000, ingest: byEvents },
  { was: "paused", events: 99, bytes: 0, ingest: byEvents },
  { was: "paused", events: 80, bytes: 0, ingest: byEvents },
  { was: "paused", events: 79, bytes: 799, ingest: open },
  { was: "paused", events: 79, bytes: 800, ingest: byBytes },
  { was: "paused", events: 0, bytes: 0, ingest: open },
] as const)("$was with $events events and $bytes bytes is then $ingest", (at) => {
  expect(judgeIngest(at.was, at, quota)).toEqual(at.ingest);
});
