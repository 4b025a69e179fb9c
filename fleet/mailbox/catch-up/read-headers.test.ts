import { expect, test } from "vitest";
import { systemClock } from "../../../shared/clock.ts";
import { MAX_BATCH_MESSAGES } from "./batches.ts";
import type { MessageHeader } from "../imap/fetch/message-header.ts";
import { toEnvelope } from "../imap/fetch/envelope.ts";
import { newFetchMemory } from "../imap/fetch/fetch-patiently.ts";
import type { ImapConnection } from "../imap/imap-connection.ts";
import { readHeaders } from "./read-headers.ts";

const header = (uid: number): MessageHeader => ({
  uid,
  internalDate: new Date(0),
  sizeBytes: 1,
  envelope: toEnvelope(undefined),
  labels: new Set(),
});

/** A mailbox with a message at each UID for which `isThere` returns true. */
function openMailbox(isThere: (uid: number) => boolean) {
  const answers: number[] = [];
  const connection: Pick<
    ImapConnection,
    "closed" | "messages" | "searchUids" | "fetchHeaders" | "beginWork"
  > = {
    closed: new AbortController().signal,
    messages: null,
    searchUids(first, last) {
      const all = Array.from({ length: last - first + 1 }, (_, n) => first + n);
      const uids = all.filter(isThere);
      answers.push(uids.length);
      return Promise.resolve(uids);
    },
    fetchHeaders: (uids) => Promise.resolve(uids.map(header)),
    beginWork: () => ({ isLate: () => false }),
  };
  return { connection, answers, fetches: newFetchMemory() };
}

async function readAll(isThere: (uid: number) => boolean, lastUid: number) {
  const open = openMailbox(isThere);
  let [messages, longest, previous] = [0, 0, 0];
  const range = { after: 0, lastUid, since: new Date(0) };
  const deps = { clock: systemClock };
  for await (const headers of readHeaders(deps, open, range, new AbortController().signal)) {
    messages += headers.length;
    longest = Math.max(longest, headers.length);
    expect(headers[0]?.uid).toBeGreaterThan(previous);
    previous = headers.at(-1)?.uid ?? previous;
  }
  return { messages, longest, questions: open.answers.length, widest: Math.max(...open.answers) };
}

test("a mailbox of a million messages is read in small lists, from small answers", async () => {
  expect(await readAll(() => true, 1_000_000)).toEqual({
    messages: 1_000_000,
    longest: MAX_BATCH_MESSAGES,
    questions: 1_000,
    widest: 1_000,
  });
});

test("a million messages with a thousand new ones need twenty requests", async () => {
  const { messages, questions } = await readAll((uid) => uid > 999_000, 1_000_000);
  expect(messages).toBe(1_000);
  expect(questions).toBeLessThan(25);
});

test("mail after a gap of ten million UIDs is found", async () => {
  const { messages, questions } = await readAll((uid) => uid < 10 || uid > 9_999_995, 10_000_000);
  expect(messages).toBe(14);
  expect(questions).toBeLessThan(170);
});

test("an endless gap is crossed slowly, without an end to it", async () => {
  const { connection, fetches } = openMailbox(() => false);
  let searches = 0;
  const searchUids = () => Promise.resolve((searches++, []));
  const pauses: number[] = [];
  const end = new AbortController();
  const sleep = (ms: number) => {
    // Notes the number of searches before this pause.
    pauses.push(searches);
    if (pauses.length === 3) end.abort();
    return Promise.resolve(void ms);
  };
  const range = { after: 0, lastUid: 4_294_967_295 };
  const open = { connection: { ...connection, searchUids }, fetches };
  const deps = { clock: { ...systemClock, sleep } };
  const reading = Array.fromAsync(readHeaders(deps, open, range, end.signal));
  await expect(reading).rejects.toThrow("abort");
  expect(pauses).toEqual([256, 257, 258]);
});

test("headers that come one by one, each in its time, end when they are late together", async () => {
  const { connection, fetches } = openMailbox(() => true);
  let fetched = 0;
  const slow: typeof connection = {
    ...connection,
    fetchHeaders(uids) {
      if (uids.length > 1) return Promise.reject(new Error("too many at once"));
      fetched++;
      return Promise.resolve(uids.map(header));
    },
    beginWork: () => ({ isLate: () => fetched >= 3 }),
  };
  const lists: number[][] = [];
  const range = { after: 0, lastUid: 50 };
  const deps = { clock: { ...systemClock, sleep: () => Promise.resolve() } };
  const open = { connection: slow, fetches };
  const reading = (async () => {
    const end = new AbortController().signal;
    for await (const headers of readHeaders(deps, open, range, end))
      lists.push(headers.map(({ uid }) => uid));
  })();
  await expect(reading).rejects.toMatchObject({ failure: { reason: "server_too_slow" } });
  expect(lists).toEqual([[1, 2, 3]]);
});
