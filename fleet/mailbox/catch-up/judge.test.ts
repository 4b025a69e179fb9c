import { expect, test } from "vitest";
import { toEnvelope } from "../imap/envelope.ts";
import { unreadableHeader } from "../imap/message-header.ts";
import { type Body, judgeBodies, judgeHeaders, type NamedMessage } from "./judge.ts";

const context = {
  watchFrom: new Date("2026-01-01T00:00:00Z"),
  wantsNewMail: true,
  holdsAllMail: false,
  maxEmailSizeBytes: 1_000,
  isLive: true,
  keepsTracers: false,
};
const message = (
  uid: number,
  messageIdHash: string | null = `id-${uid}`,
  sizeBytes = 10,
): NamedMessage => ({
  eventId: `evt_${uid}`,
  messageIdHash,
  header: {
    uid,
    internalDate: new Date("2026-06-01"),
    sizeBytes,
    envelope: toEnvelope(undefined),
    labels: new Set(),
  },
});
const body = (sha1: string): Body => ({ sha1, source: new Uint8Array() });
const verdicts = (
  judged: { header: { uid: number }; verdict: { kind: string; reason?: string } }[],
) => judged.map(({ header, verdict }) => [header.uid, verdict.reason ?? verdict.kind]);

test("judgeHeaders() leaves out what is recorded already", () => {
  const seen = [{ eventId: "evt_1", messageIdHash: "id-1", sha1: null }];
  expect(verdicts(judgeHeaders([message(1), message(2)], seen, context))).toEqual([[2, "wanted"]]);
});

test("judgeHeaders() takes the first of two mails with one Message-ID, before and within a batch", () => {
  const seen = [{ eventId: "evt_0", messageIdHash: "old", sha1: null }];
  const batch = [message(1, "old"), message(2, "new"), message(3, "new")];
  expect(verdicts(judgeHeaders(batch, seen, context))).toEqual([
    [1, "duplicate_message_id"],
    [2, "wanted"],
    [3, "duplicate_message_id"],
  ]);
});

test("judgeHeaders() never takes two mails without Message-ID for one", () => {
  const seen = [{ eventId: "evt_0", messageIdHash: null, sha1: null }];
  expect(verdicts(judgeHeaders([message(1, null), message(2, null)], seen, context))).toEqual([
    [1, "wanted"],
    [2, "wanted"],
  ]);
});

test("judgeHeaders() skips tracers where they are kept, and wants them elsewhere", () => {
  const batch = [{ ...message(1), tracerUid: "uid" }, message(2)];
  const judged = (keepsTracers: boolean) =>
    verdicts(judgeHeaders(batch, [], { ...context, keepsTracers }));
  expect(judged(true)).toEqual([
    [1, "tracer"],
    [2, "wanted"],
  ]);
  expect(judged(false)).toEqual([
    [1, "wanted"],
    [2, "wanted"],
  ]);
});

test("judgeHeaders() wants no body of a mail that is too large", () => {
  expect(verdicts(judgeHeaders([message(1, null, 1_001)], [], context))).toEqual([[1, "oversize"]]);
});

test("judgeBodies() takes the first of two equal bodies, before and within a batch", () => {
  const judged = judgeHeaders([message(1), message(2), message(3)], [], context);
  const bodies = new Map([
    [1, body("known")],
    [2, body("same")],
    [3, body("same")],
  ]);
  const seen = [{ eventId: "evt_0", messageIdHash: null, sha1: "known" }];
  expect(verdicts(judgeBodies(judged, { bodies, hopeless: [] }, seen))).toEqual([
    [1, "duplicate_sha1"],
    [2, "whole"],
    [3, "duplicate_sha1"],
  ]);
});

test("judgeBodies() records a wanted mail without a body as expunged, and compares no oversize mail", () => {
  const judged = judgeHeaders(
    [message(1), message(2, null, 2_000), message(3, null, 2_000)],
    [],
    context,
  );
  expect(verdicts(judgeBodies(judged, { bodies: new Map(), hopeless: [] }, []))).toEqual([
    [1, "expunged"],
    [2, "oversize"],
    [3, "oversize"],
  ]);
});

test("judgeBodies() parks what cannot be fetched", () => {
  const judged = judgeHeaders([message(1), message(2)], [], context);
  const fetched = { bodies: new Map([[2, body("two")]]), hopeless: [1] };
  expect(verdicts(judgeBodies(judged, fetched, []))).toEqual([
    [1, "body_not_fetched"],
    [2, "whole"],
  ]);
});

test("judgeHeaders() parks a message whose header cannot be fetched", () => {
  const unreadable = { ...message(1), header: unreadableHeader(1, Date.parse("2026-06-01")) };
  expect(verdicts(judgeHeaders([unreadable], [], context))).toEqual([[1, "header_not_fetched"]]);
});

test("judgeHeaders() announces two oversize mails with different Message-IDs, and one of two with the same", () => {
  const batch = [message(1, "a", 2_000), message(2, "b", 2_000), message(3, "b", 2_000)];
  expect(verdicts(judgeHeaders(batch, [], context))).toEqual([
    [1, "oversize"],
    [2, "oversize"],
    [3, "duplicate_message_id"],
  ]);
});
