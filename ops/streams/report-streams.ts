import type { ConsumerInfo, JetStreamManager, StreamInfo } from "@nats-io/jetstream";
import { deadLetterRows, laneRow, streamRow } from "./rows.ts";
import { toTable } from "./to-table.ts";

const EVENTS = "EVENTS";
const DEAD = "DEAD";
/** The prefix of the name of a lane's consumer. */
const LANE = "deliver-";
/**
 * At most this many lanes are shown, those with the longest queues. There may be thousands of
 * lanes.
 */
const MAX_LANES = 50;

/**
 * Returns a report about NATS: its streams, the lanes with the longest queues, and the number of
 * dead letters of each partner.
 */
export async function reportStreams(jsm: JetStreamManager, nowMs: number): Promise<string> {
  const streams: StreamInfo[] = [];
  for await (const stream of jsm.streams.list()) streams.push(stream);
  const names = streams.map(({ config }) => config.name);
  const lanes = names.includes(EVENTS) ? await listDeepestLanes(jsm) : [];
  const dead = names.includes(DEAD)
    ? await jsm.streams.info(DEAD, { subjects_filter: "dead.>" })
    : undefined;
  return [
    toTable(
      ["stream", "messages", "bytes", "full", "oldest"],
      streams
        .toSorted((a, b) => a.config.name.localeCompare(b.config.name))
        .map((stream) => streamRow(stream, nowMs)),
    ),
    toTable(
      ["lane", "pending", "unacknowledged", "redelivered", "acknowledged up to"],
      lanes.map(laneRow),
    ),
    toTable(["dead letters of", "kind", "messages"], deadLetterRows(dead?.state.subjects ?? {})),
  ].join("\n\n");
}

async function listDeepestLanes(jsm: JetStreamManager): Promise<ConsumerInfo[]> {
  const lanes: ConsumerInfo[] = [];
  for await (const consumer of jsm.consumers.list(EVENTS)) {
    if (consumer.name.startsWith(LANE)) lanes.push(consumer);
  }
  const depth = ({ num_pending, num_ack_pending }: ConsumerInfo) => num_pending + num_ack_pending;
  return lanes.toSorted((a, b) => depth(b) - depth(a)).slice(0, MAX_LANES);
}
