import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TRACER_HEADER, toTracerMail } from "../../fleet/tracer/tracer-mail.ts";
import { eventually } from "../harness/eventually.ts";
import { startSubmission, type TestSubmissionServer } from "../harness/mail-servers/submission.ts";
import { MAIL_SERVERS, startSessionStack } from "../mailbox/session-stack.ts";
import {
  newTracerUser,
  sendCluster,
  type TestTracerUser,
  type TracerLog,
  type TracerStack,
  withTracers,
} from "./tracer-stack.ts";

const isSeen = ({ seenAt }: TracerLog) => seenAt !== null;
const kept = { state: "skipped", reason: "tracer", streamSeq: null };
const queued = { state: "queued", reason: null };

describe.each(MAIL_SERVERS)("tracers, at $name", ({ startServer }) => {
  let stack: TracerStack;
  let smtp: TestSubmissionServer;
  beforeAll(async () => {
    stack = withTracers(await startSessionStack(startServer));
    const { deliver } = stack.server;
    smtp = await startSubmission(stack.certificates, { security: "none", deliver });
  });
  afterAll(async () => {
    await smtp?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
  });

  const openSessions = () => stack.openSessions({ tracers: stack.watch });
  async function deliver(user: TestTracerUser, uid: string, headers: Record<string, string>) {
    const lines = Object.entries({
      ...headers,
      From: "bob@example.org",
      Subject: `TRACER: ${uid}`,
    });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    await stack.server.deliver(user.address, `${head}\r\n${uid}\r\n`);
  }

  test("are sent by SMTP, seen in their mailbox and not delivered", async () => {
    const user = await newTracerUser(stack, { smtp });
    await using sessions = openSessions();
    sessions.watch(user.account);
    await user.watching();
    await sendCluster(stack, user);
    const tracers = await user.tracersThat("are seen", 3, isSeen);
    const mails = await user.recorded(3);
    expect(mails).toMatchObject([kept, kept, kept]);
    expect(await user.events()).toEqual([]);
    expect(tracers.map(({ eventId }) => eventId).toSorted()).toEqual(
      mails.map(({ eventId }) => eventId).toSorted(),
    );
    for (const { sentAt, seenAt, ...tracer } of tracers) {
      expect(tracer).toMatchObject({ publishedAt: null, deliveryTest: false, sendError: null });
      expect(seenAt?.getTime()).toBeGreaterThanOrEqual(sentAt.getTime());
    }
  });

  test("are published like other mail if they test the delivery", async () => {
    const user = await newTracerUser(stack, { smtp, deliverTracers: true });
    await using sessions = openSessions();
    sessions.watch(user.account);
    await user.watching();
    await sendCluster(stack, user, { tracers: 1 });
    const isPublished = ({ publishedAt }: TracerLog) => publishedAt !== null;
    const [tracer] = await user.tracersThat("are published", 1, isPublished);
    expect(tracer).toMatchObject({ deliveryTest: true });
    expect(tracer?.publishedAt?.getTime()).toBeGreaterThanOrEqual(tracer?.seenAt?.getTime() ?? 0);
    expect(await user.recorded(1)).toMatchObject([queued]);
    expect(await user.events()).toMatchObject([{ id: tracer?.eventId }]);
  });

  test("that arrived while the user was not watched are seen at the next catch-up", async () => {
    const user = await newTracerUser(stack, { smtp });
    await sendCluster(stack, user, { tracers: 2 });
    await using sessions = openSessions();
    sessions.watch(user.account);
    await user.tracersThat("are seen", 2, isSeen);
    expect(await user.recorded(2)).toMatchObject([kept, kept]);
  });

  test("are known by their signature alone: others with the subject are ordinary mail", async () => {
    const [user, other] = [await newTracerUser(stack), await newTracerUser(stack)];
    await using sessions = openSessions();
    sessions.watch(user.account);
    await user.watching();
    const sign = (uid: string, { account }: TestTracerUser) =>
      stack.signatures.sign({ uid, userId: account.userId });
    const right = await sign("u-5", user);
    await deliver(user, "u-1", {});
    await deliver(user, "u-2", { [TRACER_HEADER]: "forged" });
    await deliver(user, "u-3", { [TRACER_HEADER]: await sign("u-2", user) });
    await deliver(user, "u-4", { [TRACER_HEADER]: await sign("u-4", other) });
    // The header field is folded into two lines. A mail server may do this, too.
    await deliver(user, "u-5", { [TRACER_HEADER]: `${right.slice(0, 60)}\r\n ${right.slice(60)}` });
    const mails = await user.recorded(5);
    // Texts are compared, so that the report of a failure shows them whole.
    const seen = mails.map(({ uid, state, reason }) => `${uid} ${state} ${reason}`);
    expect(seen.join(", ")).toBe(
      "1 queued null, 2 queued null, 3 queued null, 4 queued null, 5 skipped tracer",
    );
    expect((await user.events()).map(({ envelope }) => envelope?.subject)).toEqual(
      [1, 2, 3, 4].map((n) => `TRACER: u-${n}`),
    );
  });

  test("are ordinary mail for a user who is no longer a tracer user", async () => {
    const user = await newTracerUser(stack, { enableTracer: false });
    await using sessions = openSessions();
    sessions.watch(user.account);
    await user.watching();
    const signature = await stack.signatures.sign({ uid: "u-1", userId: user.account.userId });
    const { subject, headers } = toTracerMail({ uid: "u-1", signature, address: user.address });
    await deliver(user, "u-1", headers);
    expect(await user.recorded(1)).toMatchObject([queued]);
    expect(await user.events()).toMatchObject([{ envelope: { subject } }]);
  });

  test("keep their first times when they are read again", async () => {
    const user = await newTracerUser(stack, { smtp });
    await sendCluster(stack, user, { tracers: 1 });
    const [sent] = await user.tracers();
    const seen = (seconds: number) => ({
      uid: sent?.uid ?? "",
      userId: user.account.userId,
      eventId: `evt_${seconds}`,
      seenAt: new Date((sent?.sentAt.getTime() ?? 0) + seconds * 1_000),
      publishedAt: null,
    });
    await stack.watch.note([seen(1)]);
    await stack.watch.note([seen(2)]);
    expect(await user.tracers()).toMatchObject([
      { seenAt: seen(1).seenAt, eventId: "evt_1", publishedAt: null },
    ]);
    // The first tracer belongs to another user, and the second is unknown. Both are ignored.
    await stack.watch.note([
      { ...seen(1), userId: "usr_nobody" },
      { ...seen(1), uid: "u-0" },
    ]);
    expect(await user.tracers()).toHaveLength(1);
  });

  test("measure each stage once", async () => {
    const user = await newTracerUser(stack, { smtp, deliverTracers: true });
    const measured = async () => {
      const { values } = await stack.metrics.tracerStages.get();
      const counts = values.filter(({ metricName }) => metricName?.endsWith("_count"));
      return Object.fromEntries(counts.map(({ labels, value }) => [labels.stage, value]));
    };
    const before = await measured();
    await using sessions = openSessions();
    sessions.watch(user.account);
    await sendCluster(stack, user, { tracers: 2 });
    await user.tracersThat("are published", 2, ({ publishedAt }) => publishedAt !== null);
    await eventually("both to be measured", async () => {
      const { seen = 0, published = 0 } = await measured();
      const wanted = [(before["seen"] ?? 0) + 2, (before["published"] ?? 0) + 2];
      return seen === wanted[0] && published === wanted[1] ? true : undefined;
    });
  });
});
