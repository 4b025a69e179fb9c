import { Transform } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ImapFlow } from "imapflow";
import { expect, test } from "vitest";
import { InputGuard } from "./input-guard.ts";
import { InputTurns } from "./input-turns.ts";

/** Replaces ImapFlow's stream. Records the size of each piece. `onPiece()` can let time pass. */
class FakeStream extends Transform {
  maxLineLength = 0;
  maxLiteralSize = 0;
  maxResponseSize = 0;
  literalWaiting = 0;
  readonly pieces: number[] = [];
  onPiece = () => {};

  constructor() {
    super({ readableObjectMode: true });
    this.on("error", () => undefined);
  }

  override _transform(chunk: Uint8Array, _encoding: string, done: () => void) {
    this.pieces.push(chunk.length);
    this.onPiece();
    queueMicrotask(done);
  }
}

function guarded() {
  const time = { nowMs: 0 };
  const stream = new FakeStream();
  const client = Object.assign(Object.create(ImapFlow.prototype), { streamer: stream });
  const nowMs = () => time.nowMs;
  const guard = new InputGuard(client, new InputTurns({ monotonic: nowMs }, nowMs), 2 ** 20);
  const arrive = async (text: string) => {
    await new Promise<void>((resolve) => stream.write(text, () => resolve()));
  };
  /**
   * Passes a response to the guard, as ImapFlow's stream does.
   * @returns whether the guard admitted the response.
   */
  const respond = (line: string): boolean => {
    let isDropped = false;
    stream.push({ payload: Buffer.from(line), literals: [], next: () => (isDropped = true) });
    return !isDropped;
  };
  return { time, stream, guard, arrive, respond };
}

test("incoming data is handled in small pieces, and a literal in one piece", async () => {
  const { stream, guard, arrive } = guarded();
  guard.begin("bodies");
  await arrive("x".repeat(3_000));
  stream.literalWaiting = 10_000;
  await arrive("x".repeat(10_000));
  expect(stream.pieces).toEqual([1_024, 1_024, 952, 10_000]);
});

test("before the login a chunk is not split: data after the answer to STARTTLS must be seen", async () => {
  const { stream, arrive } = guarded();
  await arrive("x".repeat(3_000));
  expect(stream.pieces).toEqual([3_000]);
});

test("a piece that blocks the process ends the connection", async () => {
  const { time, stream, guard, arrive } = guarded();
  stream.onPiece = () => (time.nowMs += 201);
  await arrive("* OK\r\n");
  // This is too little data to block the process, so something else has blocked it.
  expect(guard.excess).toBeNull();
  await arrive(`* OK ${"x".repeat(20_000)}\r\n`);
  expect(guard.excess).toBe("stalled");
  expect(stream.destroyed).toBe(true);
});

test("a piece that waits for something else does not", async () => {
  const { time, stream, guard, arrive } = guarded();
  stream._transform = (_chunk, _encoding, done) => {
    void nextTurn().then(() => {
      time.nowMs += 30_000;
      done();
    });
  };
  const slow = new InputGuard(
    Object.assign(Object.create(ImapFlow.prototype), { streamer: stream }),
    new InputTurns({ monotonic: () => time.nowMs }, () => time.nowMs),
    2 ** 20,
  );
  await arrive(`* OK ${"x".repeat(20_000)}\r\n`);
  expect([guard.excess, slow.excess]).toEqual([null, null]);
});

test.each([
  ["* 5 EXISTS", "between commands", true],
  ["* OK still here", "between commands", true],
  ["A1 OK done", "between commands", true],
  ["* 5 EXPUNGE", "between commands", false],
  ["* 5 FETCH (FLAGS (\\Seen))", "between commands", false],
  ["* LIST () / INBOX", "between commands", false],
  ["* VANISHED 1:16777216", "between commands", false],
  ["* ESEARCH UID ALL 1:5", "between commands", false],
  ["* ESEARCH UID ALL 1:5", "search", true],
  ["* SEARCH 1 2", "other", true],
  ["* SEARCH 1 2", "rows", true],
  ["* 5 FETCH (FLAGS (\\Seen))", "search", false],
  ["* 5 FETCH (UID 5)", "rows", true],
  ["* 5 FETCH (UID 5)", "headers", true],
  ["* vanished 1:16777216", "headers", false],
] as const)("%s %s: goes through: %s", (line, kind, isAdmitted) => {
  const { guard, respond } = guarded();
  if (kind === "between commands") guard.end();
  else guard.begin(kind);
  expect(respond(line)).toBe(isAdmitted);
  expect(guard.excess).toBeNull();
});

test("a range of more numbers than were asked for ends the connection", () => {
  const { guard, respond } = guarded();
  guard.begin("search");
  expect(respond("* ESEARCH UID ALL 1:4294967295")).toBe(false);
  expect(guard.excess).toBe("too_much_sent");
});

test("ranges that are small each end it, too, when a command names too many together", () => {
  const { guard, respond } = guarded();
  guard.begin("search");
  expect(respond("* ESEARCH UID ALL 1:100000")).toBe(true);
  guard.begin("search");
  expect(respond("* ESEARCH UID ALL 1:100000")).toBe(true);
  expect(respond("* ESEARCH UID ALL 1:100000")).toBe(false);
  expect(guard.excess).toBe("too_much_sent");
});

test("a row of ENVELOPE that would take long to decode is missed, and one of header bytes is not", () => {
  const { guard, respond } = guarded();
  guard.begin("headers");
  const words = "=?iso-2022-jp?b?GyRC?= ".repeat(1_001);
  expect(respond(`* 1 FETCH (UID 1 ENVELOPE (NIL "${words}"))`)).toBe(false);
  expect(respond(`* 1 FETCH (UID 1 BODY[HEADER] "${words}")`)).toBe(true);
  expect(respond(`* 1 FETCH (UID 1 X-GM-LABELS (${"a ".repeat(10_000)}) ENVELOPE (NIL))`)).toBe(
    false,
  );
  expect(guard.excess).toBeNull();
});

const KIB = 1_024;

test.each([
  ["is to blame for an answer that no honest server sends", 1_500 * KIB, [["large", true]]],
  ["is closed without blame for an answer that is only the largest", 400 * KIB, [["large", false]]],
  ["goes on when its answer is small", 200 * KIB, []],
])("when all servers together send too much, the largest %s", (_what, bytes, expected) => {
  const turns = new InputTurns({ monotonic: () => 0 });
  const ended: [name: string, isToBlame: boolean][] = [];
  const holder = (name: string) => ({
    giveUp: (isToBlame: boolean) => void ended.push([name, isToBlame]),
  });
  turns.held.add(holder("large"), bytes);
  const others = Array.from({ length: 20 }, (_, n) => holder(`other ${n}`));
  for (const other of others) turns.held.add(other, 25 * KIB);
  expect(ended).toEqual([]);
  for (const other of others) turns.held.add(other, 75 * KIB);
  expect(ended.slice(0, 1)).toEqual(expected.slice(0, 1));
});

test("an answer that has ended no longer counts", () => {
  const turns = new InputTurns({ monotonic: () => 0 });
  const ended: boolean[] = [];
  const holder = () => ({ giveUp: (isToBlame: boolean) => void ended.push(isToBlame) });
  const first = holder();
  turns.held.add(first, 1_500 * KIB);
  turns.held.release(first);
  turns.held.add(holder(), 1_500 * KIB);
  expect(ended).toEqual([]);
});

test("a connection that is closed without blame has no excess", () => {
  const { guard } = guarded();
  guard.giveUp(false);
  expect(guard.excess).toBeNull();
});

test("more reports than a real server sends end the connection", () => {
  const { guard, respond } = guarded();
  guard.end();
  for (let n = 0; n < 1_000; n++) respond(`* ${n} EXISTS`);
  expect(guard.excess).toBeNull();
  respond("* 1 EXISTS");
  expect(guard.excess).toBe("too_much_sent");
});

test("no connection is opened without the library's stream", () => {
  const client: ImapFlow = Object.create(ImapFlow.prototype);
  const turns = new InputTurns({ monotonic: () => 0 });
  expect(() => new InputGuard(client, turns, 2 ** 20)).toThrow("Cannot guard the stream");
});
