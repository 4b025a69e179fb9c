import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rereadQueuedMails } from "../../../db/mail/lost-mails.ts";
import { claimRedeliveries } from "../../../db/deliveries/redeliveries.ts";
import { lanes } from "../../../db/deliveries/tables.ts";
import { partners } from "../../../db/partners/tables.ts";
import { hasEnded } from "../../../db/deliveries/transmit-logs.ts";
import { recordAttempts } from "../../../fleet/webhook/record/record-attempts.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { deadMail, findLetter, newUserAt, redeliver, startDown } from "./dying-user.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
let role: AsyncDisposable;
beforeAll(async () => {
  stack = await startFleetStack();
  role = runRole(stack, { retryScheduleMs: [20] });
});
afterAll(async () => {
  await role?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

test("recording the first death again does not change a redelivery", async () => {
  await using endpoint = await startDown();
  const user = await newUserAt(stack, endpoint);
  const id = await deadMail(stack, user);
  const letter = await findLetter(stack, id);
  if (!letter) throw new Error("There is no letter");
  expect(await hasEnded(stack.db, id)).toBe(true);
  await redeliver(stack, user.partner.id);
  const requested = await findLetter(stack, id);
  await recordAttempts(stack.db, [
    {
      outcome: "buried",
      event_id: id,
      partner_id: user.partner.id,
      user_id: user.id,
      kind: "new_mail",
      event_seq: 1,
      dead_seq: letter.streamSeq ?? 0,
      died_at_ms: letter.diedAt.getTime(),
      attempts: 2,
      last_error: letter.lastError,
      unreadable: false,
    },
  ]);
  expect(await findLetter(stack, id)).toEqual(requested);
  // The record of the earlier attempts must not make the redelivery look ended. The sweeper must
  // not use this record either.
  expect(await hasEnded(stack.db, id)).toBe(false);
  await claimRedeliveries(stack.db, { limit: 100, share: 100, leaseMs: 60_000 });
  expect(await rereadQueuedMails(stack.db, [id])).toMatchObject([
    { lastAttempt: null, streamSeq: null },
  ]);
});

test("a partner with many letters does not delay another's only one", async () => {
  await using endpoint = await startDown();
  const [many, one] = [await newUserAt(stack, endpoint), await newUserAt(stack, endpoint)];
  for (let i = 0; i < 4; i++) await deadMail(stack, many);
  const id = await deadMail(stack, one);
  for (const { partner } of [many, one]) await redeliver(stack, partner.id);
  const claimed = await claimRedeliveries(stack.db, { limit: 3, share: 2, leaseMs: 60_000 });
  const ours = claimed.filter(({ partnerId }) =>
    [many, one].some((u) => u.partner.id === partnerId),
  );
  expect(ours).toHaveLength(3);
  expect(ours.at(-1)).toMatchObject({ eventId: id, kind: "new_mail", hasMail: true });
});

test("a paused or full lane gets no letters until it continues", async () => {
  await using endpoint = await startDown();
  const [paused, full] = [await newUserAt(stack, endpoint), await newUserAt(stack, endpoint)];
  for (const user of [paused, full]) {
    await deadMail(stack, user);
    await redeliver(stack, user.partner.id);
  }
  const ids = [paused, full].map(({ partner }) => partner.id);
  const claim = async () =>
    (await claimRedeliveries(stack.db, { limit: 100, share: 100, leaseMs: 60_000 }))
      .map(({ partnerId }) => partnerId)
      .filter((id) => ids.includes(id));
  const pause = (pausedAt: Date | null, pausedReason: "admin" | null) =>
    stack.db
      .update(partners)
      .set({ pausedAt, pausedReason })
      .where(eq(partners.id, paused.partner.id));
  const fill = (ingestPausedAt: Date | null) => {
    const lane = { partnerId: full.partner.id, state: "running", instanceId: "test" } as const;
    return stack.db
      .insert(lanes)
      .values({ ...lane, inFlight: 0, pending: 0, retrying: 0, ingestPausedAt })
      .onConflictDoUpdate({ target: lanes.partnerId, set: { ingestPausedAt } });
  };
  await pause(new Date(), "admin");
  await fill(new Date());
  expect(await claim()).toEqual([]);
  await pause(null, null);
  expect(await claim()).toEqual([paused.partner.id]);
  await fill(null);
  expect(await claim()).toEqual([full.partner.id]);
});
