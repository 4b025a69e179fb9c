import {
  DiscardPolicy,
  type JetStreamManager,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { differs } from "./differs.ts";
import { markedBy, refuseForeign } from "./installation-mark.ts";
import { ATTEMPTS, BODIES, DEAD, EVENTS, STREAM_SUBJECTS } from "./subjects.ts";

const HOUR_MS = 3_600_000;
const KIB = 1_024;
const MIB = 1_024 * KIB;

/**
 * The maximum sizes of the streams. When a stream is full, the fleet stops publishing, and mail
 * waits in its mailbox.
 */
export interface StreamSizes {
  eventsBytes: number;
  bodiesBytes: number;
  deadBytes: number;
  attemptsBytes: number;
  /** How many servers store each stream. */
  replicas: number;
}

/**
 * Returns the configurations of the streams. A full stream refuses new messages, and never drops
 * old ones. Work-queue retention is not used: a restart would lose the de-duplication ids.
 *
 *   stream    messages                                      maximum age
 *   EVENTS    envelopes and ids, about 2 KB each            72 h
 *   BODIES    one raw mail each, deleted on delivery        72 h
 *   DEAD      complete events that could not be delivered   30 d
 *   ATTEMPTS  attempts, until they are written to Postgres  3 d
 */
function streamConfigs(sizes: StreamSizes): StreamConfigInput[] {
  const configs = [
    stream(EVENTS, {
      max_age: 72 * HOUR_MS,
      max_bytes: sizes.eventsBytes,
      max_msg_size: 64 * KIB,
    }),
    stream(BODIES, {
      max_age: 72 * HOUR_MS,
      max_bytes: sizes.bodiesBytes,
      max_msg_size: 8 * MIB,
    }),
    stream(DEAD, {
      max_age: 720 * HOUR_MS,
      max_bytes: sizes.deadBytes,
      max_msg_size: 8 * MIB,
    }),
    stream(ATTEMPTS, {
      max_age: 72 * HOUR_MS,
      max_bytes: sizes.attemptsBytes,
      max_msg_size: 64 * KIB,
    }),
  ];
  return configs.map((config) => ({ ...config, num_replicas: sizes.replicas }));
}

type StreamConfigInput = Partial<StreamConfig> & { name: string };

function stream(
  name: keyof typeof STREAM_SUBJECTS,
  limits: { max_age: number; max_bytes: number; max_msg_size: number },
): StreamConfigInput {
  return {
    name,
    subjects: [STREAM_SUBJECTS[name]],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    allow_direct: true,
    duplicate_window: nanos(2 * HOUR_MS),
    ...limits,
    max_age: nanos(limits.max_age),
  };
}

/**
 * Creates missing streams. Updates only streams that differ from these settings: in a cluster, the
 * servers must agree on each update. Never changes another installation's streams. Idempotent; may
 * run on all instances at once.
 *
 * @throws {ForeignStreams} when the streams belong to another installation.
 */
export async function ensureStreams(
  jsm: JetStreamManager,
  { sizes, installationId }: { sizes: StreamSizes; installationId: string },
): Promise<void> {
  const configs = streamConfigs(sizes);
  const found = new Map<string, StreamConfig>();
  for (const { name } of configs) {
    const config = await findConfig(jsm, name);
    if (config) found.set(name, config);
  }
  refuseForeign([...found.values()], installationId);
  for (const wanted of configs) {
    const before = found.get(wanted.name);
    const config = { ...wanted, metadata: markedBy(installationId, before) };
    if (!before) await jsm.streams.add(config);
    else if (differs(before, config)) await jsm.streams.update(config.name, config);
  }
}

async function findConfig(jsm: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await jsm.streams.info(name)).config;
  } catch (error) {
    if (isMissingStream(error)) return undefined;
    throw error;
  }
}

const isMissingStream = (error: unknown) =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
