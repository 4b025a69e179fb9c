import * as v from "valibot";
import { address, seconds, wholeNumber } from "../../shared/env.ts";
import { tcpDatabaseUrl } from "../../shared/network/database-url.ts";

const MIB = 1_024 ** 2;

/** Postgres and NATS: how to reach them, and the streams. */
export const serverSettings = {
  DATABASE_URL: tcpDatabaseUrl,
  /** A PEM file of the certificate authorities to trust for Postgres. They replace the system's. */
  DATABASE_CA_FILE: v.optional(v.string()),
  DATABASE_CONNECTIONS: v.optional(wholeNumber(1, 1_000), "10"),
  /**
   * How long to wait for a connection, and for each answer. Then the connection is closed. The
   * default is above 25 s, after which the server itself ends a statement.
   */
  DATABASE_TIMEOUT: v.optional(seconds(0.1, 300), "30"),

  /** With tls://, a server that does not speak TLS is refused. */
  NATS_URL: v.pipe(
    address("nats:", "tls:"),
    v.check(
      (url) => URL.parse(url)?.username === "",
      "must hold no user name: NATS_USER and NATS_PASSWORD are for that",
    ),
  ),
  NATS_USER: v.optional(v.string()),
  NATS_PASSWORD: v.optional(v.string()),
  /** A PEM file of the authorities to trust for NATS, in place of the runtime's. */
  NATS_CA_FILE: v.optional(v.string()),

  /** How many servers store each stream. A cluster of three survives the loss of any one. */
  STREAM_REPLICAS: v.optional(
    v.pipe(v.picklist(["1", "3", "5"], "must be 1, 3 or 5"), v.transform(Number)),
    "1",
  ),
  EVENTS_MAX_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(1_024 * MIB)),
  BODIES_MAX_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(4_096 * MIB)),
  DEAD_MAX_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(1_024 * MIB)),
  ATTEMPTS_MAX_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(512 * MIB)),

  /**
   * How long acknowledged events and written attempts stay in their streams. The default is the
   * time for which NATS recognizes a repeated publication.
   */
  TRIM_AGE: v.optional(seconds(0, 259_200), "7200"),
  /** How often events and attempts older than TRIM_AGE are deleted. */
  TRIM_INTERVAL: v.optional(seconds(0.1, 86_400), "300"),
  /**
   * After this time without an ack, NATS gives an event to another instance. The instance that
   * handled it has probably crashed.
   */
  ACK_WAIT: v.optional(seconds(3, 3_600), "60"),
};
