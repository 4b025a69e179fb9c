import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { removePartner } from "../../db/removal/partner-removal.ts";
import { startConnectionRemoval } from "../../db/removal/removals.ts";
import { partnerConnections, partners } from "../../db/partners/tables.ts";
import { users } from "../../db/users/tables.ts";
import { createPurges } from "../../fleet/purge/purges.ts";
import { systemClock } from "../../shared/clock.ts";
import { newId } from "../../shared/ids.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";
import { newWebhookUser } from "../webhook/published-mail.ts";
import { findTraces } from "./traces.ts";
import { useEverywhere } from "./used-user.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test("a removed partner is deleted with its last connection, and another partner stays", async () => {
  const [partner, other] = [await stack.newPartner(), await stack.newPartner()];
  const user = await newWebhookUser(stack, partner);
  const kept = await newWebhookUser(stack, other);
  await useEverywhere(stack, user);
  // Removes another connection at the same time. This removal may end before or after the
  // removal of the partner.
  const empty = newId("con");
  const values = { id: empty, partnerId: partner.id, providerId: "prv_imap" };
  await stack.db.insert(partnerConnections).values(values);
  await stack.db.transaction((tx) =>
    startConnectionRemoval(tx, { partnerId: partner.id, connectionId: empty }),
  );
  expect(await stack.db.transaction((tx) => removePartner(tx, partner.id))).toBe(true);

  const stop = new AbortController();
  const settings = { intervalMs: 50, leaseMs: 200, releaseMs: 0, settleMs: 200 };
  const running = createPurges({ ...stack, clock: systemClock }, settings).run(stop.signal);
  const isThere = async (id: string) =>
    (await stack.db.select().from(partners).where(eq(partners.id, id))).length > 0;
  await eventually("the partner to go", async () => !(await isThere(partner.id)) || undefined);
  stop.abort();
  await running;
  expect(await findTraces(stack, partner.id, user.id)).toEqual([]);
  expect(await isThere(other.id)).toBe(true);
  const rows = await stack.db.select().from(users).where(eq(users.id, kept.id));
  expect(rows).toHaveLength(1);
});
