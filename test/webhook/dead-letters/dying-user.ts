import { eq } from "drizzle-orm";
import { requestDeletion, requestRedelivery } from "../../../db/deliveries/dead-letter-requests.ts";
import type { LetterFilter } from "../../../db/deliveries/dead-letter-list.ts";
import { enqueueEvent, settleEvents } from "../../../db/mail/outbox.ts";
import { deadLetters } from "../../../db/deliveries/tables.ts";
import { mailLogs } from "../../../db/mail/tables.ts";
import { users } from "../../../db/users/tables.ts";
import { DEAD, eventSubject, POKE_PARTNERS } from "../../../fleet/bus/subjects.ts";
import { createDeadLetters } from "../../../fleet/dead-letters/dead-letters.ts";
import { systemClock } from "../../../shared/clock.ts";
import type { UserEvent } from "../../../shared/users/events.ts";
import { newId } from "../../../shared/ids.ts";
import { type Endpoint, startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import type { FleetStack } from "../../harness/stacks/fleet-stack.ts";
import { countBodies, newWebhookUser, publishMail, type TestUser } from "../published-mail.ts";

/** An endpoint that fails while `isDown` is true. */
export interface MendableEndpoint extends Endpoint {
  isDown: boolean;
}

export async function startDown(): Promise<MendableEndpoint> {
  const endpoint: MendableEndpoint = Object.assign(
    await startEndpoint(() => ({ status: endpoint.isDown ? 500 : 200 })),
    { isDown: true },
  );
  return endpoint;
}

/** Creates a user of a new partner whose webhooks go to this endpoint. */
export async function newUserAt(stack: FleetStack, { url }: Endpoint): Promise<TestUser> {
  const webhooks = { newMailWebhook: `${url}/mail`, userConnectedWebhook: `${url}/connected` };
  const user = await newWebhookUser(stack, await stack.newPartner(webhooks));
  stack.bus.poke(POKE_PARTNERS, {});
  return user;
}

/** Creates another user in the connection of this user. */
export async function newFellow({ db }: FleetStack, { id, partner }: TestUser): Promise<TestUser> {
  const [row] = await db.select().from(users).where(eq(users.id, id));
  const fellow = { id: newId("usr"), tag: `fellow of ${id}`, partner };
  const connectionId = row?.connectionId ?? "";
  await db.insert(users).values({ id: fellow.id, tag: fellow.tag, connectionId });
  return fellow;
}

export const findLetter = async ({ db }: FleetStack, eventId: string) => {
  const [letter] = await db.select().from(deadLetters).where(eq(deadLetters.eventId, eventId));
  return letter;
};

type Letter = typeof deadLetters.$inferSelect;

/** Waits until the row of a dead letter meets the condition `is`. Returns the row. */
export const letterThat = (
  stack: FleetStack,
  eventId: string,
  what: string,
  is: (letter: Letter) => boolean,
) =>
  eventually(`a letter ${what}`, async () => {
    const letter = await findLetter(stack, eventId);
    return letter && is(letter) ? letter : undefined;
  });

/**
 * Publishes a mail to an endpoint that fails. Waits until it is a dead letter.
 * @returns the id of its event.
 */
export async function deadMail(stack: FleetStack, user: TestUser, raw?: Uint8Array) {
  const { id } = await publishMail(stack, user, raw);
  await letterThat(stack, id, "of the mail", () => true);
  return id;
}

export const findMailLog = async ({ db }: FleetStack, eventId: string) => {
  const [mail] = await db.select().from(mailLogs).where(eq(mailLogs.eventId, eventId));
  return mail;
};

/** Counts the user's dead letters in the stream DEAD. */
export async function countLetters({ bus }: FleetStack, { id, partner }: TestUser) {
  const filter = `dead.${partner.id}.*.${id}`;
  const { state } = await bus.jsm.streams.info(DEAD, { subjects_filter: filter });
  return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
}

export const redeliver = ({ db }: FleetStack, partnerId: string, filter: LetterFilter = {}) =>
  db.transaction((tx) => requestRedelivery(tx, { partnerId, filter, actor: "test" }));

export const requestLetterDeletion = (
  { db }: FleetStack,
  partnerId: string,
  filter: LetterFilter = {},
) => db.transaction((tx) => requestDeletion(tx, { partnerId, filter, actor: "test" }));

export const redelivered = (stack: FleetStack, eventId: string) =>
  letterThat(
    stack,
    eventId,
    "to be delivered at last",
    ({ redeliveredAt }) => redeliveredAt !== null,
  );

/** Waits until neither DEAD nor BODIES contains a mail of the user. */
export const cleared = (stack: FleetStack, user: TestUser) =>
  eventually("DEAD and BODIES to be empty", async () =>
    (await countLetters(stack, user)) + (await countBodies(stack, user)) === 0 ? true : undefined,
  );

/**
 * Creates a dead letter with an event `user_connected`.
 * @returns the id of the event.
 */
export async function deadConnect(stack: FleetStack, user: TestUser): Promise<string> {
  const event: UserEvent = {
    id: newId("evt"),
    kind: "user_connected",
    partner_id: user.partner.id,
    user_id: user.id,
    user_tag: user.tag,
    imap_provider_code: "PLAIN",
    created_at_ms: Date.now(),
    sha1: "00",
    email: "ann@example.org",
  };
  // Leaves a row in user_events but none in the outbox, as if the relay had published the event and
  // its delivery had ended.
  await enqueueEvent(stack.db, event);
  await settleEvents(stack.db, [event.id]);
  const message = { subject: eventSubject(event), id: event.id, payload: JSON.stringify(event) };
  await stack.bus.publish(message);
  await letterThat(stack, event.id, "of the connect", () => true);
  return event.id;
}

/**
 * Until disposed, runs the job that redelivers dead letters. The job also deletes letters that are
 * no longer needed.
 */
export function runDeadLetters(
  { log }: FleetStack,
  deps: Pick<FleetStack, "db" | "bus">,
  { leaseMs = 1_000, ratePerS = 1_000 } = {},
): AsyncDisposable {
  const stop = new AbortController();
  const { db, bus } = deps;
  const letters = createDeadLetters(
    { db, bus, log, clock: systemClock },
    { intervalMs: 50, leaseMs, ratePerS },
  );
  const running = letters.run(stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
