import { Duplex } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { systemClock } from "../../../../shared/clock.ts";
import { InputTurns } from "../input/input-turns.ts";
import { type IdleOutcome, IdleWatches } from "./idle-watches.ts";

const MAILBOX = { uidValidity: 7, lastUid: 10, exists: 5, present: [], hasLabels: false };
const SETTINGS = { commandMs: 30_000, lookMs: 60_000 };
const ROW = `* 6 FETCH (UID 11 FLAGS () INTERNALDATE "30-Nov-2026 10:00:00 +0100" RFC822.SIZE 2 BODY[]<0> {2}\r\nhi)`;

test("a watch that rests, and whose connection then closes, ends once, after its mail is recorded", async () => {
  const written: string[] = [];
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString());
      done();
    },
  });
  const send = (...lines: string[]) => socket.push(`${lines.join("\r\n")}\r\n`);
  const { promise: recording, resolve: record } = Promise.withResolvers<void>();
  let isRecording = false;
  const outcomes: IdleOutcome[] = [];
  using watches = new IdleWatches(systemClock, new InputTurns(systemClock));
  const watch = watches.begin(
    socket,
    { ...MAILBOX, ...SETTINGS },
    {
      takePlace: async () => ({ [Symbol.dispose]() {} }),
      async record() {
        isRecording = true;
        await recording;
      },
      onHeard() {},
      onEnd: (outcome) => void outcomes.push(outcome),
    },
  );
  send("+ idling", "* 6 EXISTS");
  await vi.waitUntil(() => written.join("").includes("W3 UID FETCH"));
  send("W1 OK", "* SEARCH 11", "W2 OK", ROW, "W3 OK", "+ idling");
  await vi.waitUntil(() => isRecording);
  watch.rest();
  await vi.waitUntil(() => written.at(-1) === "DONE\r\n");
  send("W4 OK");
  await vi.waitUntil(() => socket.isPaused());
  socket.destroy();
  await nextTurn();
  expect(outcomes).toEqual([]);
  record();
  await vi.waitUntil(() => watches.size === 0);
  await nextTurn();
  expect(outcomes).toEqual([{ kind: "closed", end: { why: "connection_closed" } }]);
});
