import type { ConsumerInfo, StreamInfo } from "@nats-io/jetstream";

const KIB = 1_024;
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];
const SECONDS = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
] as const;

/**
 * Returns a stream's name, number of messages, size, share of its limit, and the age of its oldest
 * message.
 */
export function streamRow(
  { config, state }: Pick<StreamInfo, "config" | "state">,
  nowMs: number,
): string[] {
  const share = config.max_bytes > 0 ? state.bytes / config.max_bytes : null;
  return [
    config.name,
    String(state.messages),
    bytesText(state.bytes),
    share === null ? "" : `${Math.round(share * 100)} %`,
    state.messages === 0 ? "" : ageText(nowMs - Date.parse(state.first_ts)),
  ];
}

/**
 * Returns a lane's name, its numbers of undelivered, unacknowledged and redelivered messages, and
 * the sequence number up to which all messages are acknowledged.
 */
export const laneRow = ({
  name,
  num_pending: pending,
  num_ack_pending: unacknowledged,
  num_redelivered: redelivered,
  ack_floor: floor,
}: Pick<
  ConsumerInfo,
  "name" | "num_pending" | "num_ack_pending" | "num_redelivered" | "ack_floor"
>): string[] => [name, ...[pending, unacknowledged, redelivered, floor.stream_seq].map(String)];

/**
 * Returns table rows with partner, kind of event and number of dead letters, the highest number
 * first.
 *
 * @param subjects The number of messages of each `dead.<partner>.<kind>.<user>`.
 */
export function deadLetterRows(subjects: Readonly<Record<string, number>>): string[][] {
  const counts = new Map<string, number>();
  for (const [subject, messages] of Object.entries(subjects)) {
    const [, partner = "", kind = ""] = subject.split(".");
    const key = `${partner} ${kind}`;
    counts.set(key, (counts.get(key) ?? 0) + messages);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([key, messages]) => [...key.split(" "), String(messages)]);
}

export function bytesText(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= KIB && unit < UNITS.length - 1) {
    amount /= KIB;
    unit++;
  }
  return `${amount < 10 && unit > 0 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[unit]}`;
}

/** Returns the age in its largest unit, rounded down: 90 minutes give `1 h`. */
export function ageText(ms: number): string {
  const ageS = Math.max(ms / 1_000, 0);
  const [size, unit] = SECONDS.find(([seconds]) => ageS >= seconds) ?? [1, "s"];
  return `${Math.floor(ageS / size)} ${unit}`;
}
