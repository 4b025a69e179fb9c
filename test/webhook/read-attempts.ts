import { asc, eq } from "drizzle-orm";
import { deadLetters, transmitLogs } from "../../db/deliveries/tables.ts";
import { mailLogs } from "../../db/mail/tables.ts";
import { openLaneConsumer } from "../../fleet/bus/consumers.ts";
import { pull } from "../../fleet/bus/pull.ts";
import { eventually } from "../harness/eventually.ts";
import type { FleetStack } from "../harness/stacks/fleet-stack.ts";

/** Returns the recorded attempts of an event, oldest first. */
export const readAttempts = ({ db }: FleetStack, eventId: string) =>
  db
    .select()
    .from(transmitLogs)
    .where(eq(transmitLogs.eventId, eventId))
    .orderBy(asc(transmitLogs.attemptedAt));

/** Waits until mail_logs shows this state for the mail. */
export const mailIs = ({ db }: FleetStack, eventId: string, state: string) =>
  eventually(`the mail to be ${state}`, async () => {
    const rows = await db.select().from(mailLogs).where(eq(mailLogs.eventId, eventId));
    return rows.find((row) => row.state === state);
  });

/** Waits until the event is a dead letter. Returns its row. */
export const awaitLetter = ({ db }: FleetStack, eventId: string) =>
  eventually("a dead letter", async () => {
    const [letter] = await db.select().from(deadLetters).where(eq(deadLetters.eventId, eventId));
    return letter;
  });

/**
 * Takes the first message of a lane and returns it to NATS, this many times. Instances do this when
 * they are stopped.
 */
export async function handBack(
  { bus }: FleetStack,
  partnerId: string,
  times: number,
): Promise<void> {
  const consumer = await openLaneConsumer(bus, partnerId, 100);
  const signal = AbortSignal.timeout(60_000);
  for (let i = 0; i < times; i++) {
    const options = { maxMessages: 1, expiresMs: 5_000 };
    for await (const message of pull(bus, consumer, options, signal)) message.nak();
  }
}
