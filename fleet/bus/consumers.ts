import {
  AckPolicy,
  type Consumer,
  type ConsumerConfig,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { Bus } from "./bus.ts";
import { differs } from "./differs.ts";
import {
  ATTEMPTS,
  ATTEMPTS_CONSUMER,
  BODIES,
  DEAD,
  EVENTS,
  laneConsumer,
  laneFilter,
  partnerBodies,
  partnerDeadLetters,
} from "./subjects.ts";

/**
 * How many messages of ATTEMPTS may be unacknowledged. Attempts that wait until their mail is
 * recorded count too.
 */
const MAX_UNWRITTEN_ATTEMPTS = 10_000;

/**
 * Opens the consumer of one partner's lane. For a retry, the fleet sends a nak (negative
 * acknowledgement) with a delay. A `backoff` of the consumer would be added to this delay. Events
 * that wait for a retry count as unacknowledged, so `maxAckPending` limits them.
 */
export const openLaneConsumer = (bus: Bus, partnerId: string, maxAckPending: number) =>
  openConsumer(bus, EVENTS, {
    durable_name: laneConsumer(partnerId),
    filter_subject: laneFilter(partnerId),
    max_ack_pending: maxAckPending,
  });

/** Opens the consumer from which attempts are written to Postgres. */
export const openAttemptsConsumer = (bus: Bus) =>
  openConsumer(bus, ATTEMPTS, {
    durable_name: ATTEMPTS_CONSUMER,
    max_ack_pending: MAX_UNWRITTEN_ATTEMPTS,
  });

/** Creates or updates a consumer, and opens it. Creates its stream if the stream is missing. */
async function openConsumer(
  bus: Bus,
  stream: string,
  own: Partial<ConsumerConfig> & { durable_name: string },
): Promise<Consumer> {
  const config = {
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(bus.ackWaitMs),
    deliver_policy: DeliverPolicy.All,
    max_deliver: -1,
    ...own,
  };
  try {
    await addOrUpdate(bus, stream, config);
  } catch (error) {
    if (!isCode(error, JetStreamApiCodes.StreamNotFound)) throw error;
    await bus.repair();
    await addOrUpdate(bus, stream, config);
  }
  return bus.js.consumers.get(stream, own.durable_name);
}

async function addOrUpdate(
  bus: Bus,
  stream: string,
  config: Partial<ConsumerConfig> & { durable_name: string },
): Promise<void> {
  try {
    const found = await bus.jsm.consumers.info(stream, config.durable_name);
    if (!differs(found.config, config)) return;
  } catch (error) {
    if (!isCode(error, JetStreamApiCodes.ConsumerNotFound)) throw error;
    await bus.jsm.consumers.add(stream, config);
    return;
  }
  await bus.jsm.consumers.update(stream, config.durable_name, config);
}

/** Lists the partners that have a lane in NATS. */
export async function listLanes(bus: Bus): Promise<string[]> {
  const prefix = laneConsumer("");
  const names: string[] = [];
  for await (const { name } of bus.jsm.consumers.list(EVENTS)) names.push(name);
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}

/** Removes the lane of a removed partner, and everything that waits in it. Idempotent. */
export async function removeLane(bus: Bus, partnerId: string): Promise<void> {
  await bus.jsm.consumers.delete(EVENTS, laneConsumer(partnerId)).catch((error: unknown) => {
    if (!isCode(error, JetStreamApiCodes.ConsumerNotFound)) throw error;
  });
  await bus.jsm.streams.purge(EVENTS, { filter: laneFilter(partnerId) });
  await bus.jsm.streams.purge(BODIES, { filter: partnerBodies(partnerId) });
  await bus.jsm.streams.purge(DEAD, { filter: partnerDeadLetters(partnerId) });
  // The partner's attempts stay in ATTEMPTS. A purge could make the shared consumer skip unwritten
  // attempts of other partners.
}

const isCode = (error: unknown, code: number) =>
  error instanceof JetStreamApiError && error.code === code;
