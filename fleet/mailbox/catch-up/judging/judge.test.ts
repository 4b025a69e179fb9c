import { expect, test } from "vitest";
import { toEnvelope } from "../../imap/fetch/envelope.ts";
import { unreadableHeader } from "../../imap/fetch/message-header.ts";
import { type Body, judgeBodies, judgeHeaders, type NamedMessage, nameMail } from "./judge.ts";

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
  oversizeHash: `size-${sizeBytes}`,
  header: {
    uid,
    internalDate: new Date("2026-06-01"),
    sizeBytes,
    envelope: toEnvelope(undefined),
    labels: new Set(),
  },
});
const body = (sha1: string, contentHash: string | null = `content-${sha1}`): Body => ({
  sha1,
  contentHash,
  source: new Uint8Array(),
});
const nameless = { messageIdHash: null, sha1: null, contentHash: null };
const verdicts = (
  judged: { header: { uid: number }; verdict: { kind: string; reason?: string } }[],
) => judged.map(({ header, verdict }) => [header.uid, verdict.reason ?? verdict.kind]);

test("judgeHeaders() leaves out recorded messages", () => {
  const recorded = [{ eventId: "evt_1" }];
  const judged = judgeHeaders([message(1), message(2)], recorded, context);
  expect(verdicts(judged)).toEqual([[2, "wanted"]]);
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

const judged = (...batch: NamedMessage[]) => judgeHeaders(batch, [], context);

test("judgeBodies() takes the first of two equal bodies, before and within a batch", () => {
  const bodies = new Map([
    [1, body("known")],
    [2, body("same")],
    [3, body("same")],
  ]);
  const seen = [{ ...nameless, eventId: "evt_0", sha1: "known" }];
  const batch = judged(message(1), message(2, null), message(3, null));
  expect(verdicts(judgeBodies(batch, { bodies, hopeless: [] }, seen))).toEqual([
    [1, "duplicate_sha1"],
    [2, "whole"],
    [3, "duplicate_sha1"],
  ]);
});

test("judgeBodies() takes two mails for one by Message-ID and content together", () => {
  const bodies = new Map([
    [1, body("1", "known")],
    [2, body("2", "other")],
    [3, body("3", "other")],
    [4, body("4", "other")],
  ]);
  const seen = [{ eventId: "evt_0", messageIdHash: "id", sha1: "0", contentHash: "known" }];
  const batch = judged(message(1, "id"), message(2, "id"), message(3, "id"), message(4, null));
  expect(verdicts(judgeBodies(batch, { bodies, hopeless: [] }, seen))).toEqual([
    [1, "duplicate_message_id"],
    [2, "whole"],
    [3, "duplicate_message_id"],
    [4, "whole"],
  ]);
});

test.each([
  ["its sha1 where it has one", { sha1: "old" }, "whole"],
  ["its Message-ID alone where it has no other name", { sha1: null }, "duplicate_message_id"],
])("judgeBodies() compares a row without content by %s", (_name, { sha1 }, verdict) => {
  const seen = [{ eventId: "evt_0", messageIdHash: "id", sha1, contentHash: null }];
  const fetched = { bodies: new Map([[1, body("new")]]), hopeless: [] };
  expect(verdicts(judgeBodies(judged(message(1, "id")), fetched, seen))).toEqual([[1, verdict]]);
});

test("judgeBodies() never takes two mails without content for one", () => {
  const bodies = new Map([
    [1, body("nothing", null)],
    [2, body("nothing", null)],
  ]);
  const batch = judged(message(1, "id"), message(2, "id"));
  const delivered = judgeBodies(batch, { bodies, hopeless: [] }, []);
  expect(verdicts(delivered)).toEqual([
    [1, "whole"],
    [2, "whole"],
  ]);
  expect(delivered.map(nameMail)).toEqual([nameless, nameless]);
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

test("judgeBodies() parks messages that cannot be fetched", () => {
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

test("judgeBodies() takes oversize mails of one Message-ID for one if size and date are the same", () => {
  const batch = judged(
    message(1, "a", 2_000),
    message(2, "b", 2_000),
    message(3, "b", 2_000),
    message(4, "b", 2_001),
    message(5, null, 2_000),
  );
  expect(verdicts(judgeBodies(batch, { bodies: new Map(), hopeless: [] }, []))).toEqual([
    [1, "oversize"],
    [2, "oversize"],
    [3, "duplicate_message_id"],
    [4, "oversize"],
    [5, "oversize"],
  ]);
});
