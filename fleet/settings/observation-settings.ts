import * as v from "valibot";
import { address, flag, seconds, wholeNumber } from "../../shared/env.ts";
import { LOG_LEVELS } from "../../shared/log.ts";
import { otlpHeaders, share } from "../traces/otlp-settings.ts";

/** A port, or null for "off". */
const portOrOff = v.pipe(
  v.string(),
  v.regex(/^(off|\d{1,5})$/, "must be a port or off"),
  v.transform((text) => (text === "off" ? null : Number(text))),
  v.check((port) => port === null || port <= 65_535, "must be a port or off"),
);

/** The log, metrics, traces and tracers. */
export const observationSettings = {
  LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`), "info"),
  /** The port of /metrics, /livez and /readyz. 0 takes any free port, which the log names. */
  METRICS_PORT: v.optional(portOrOff, "9464"),
  /**
   * The address of /metrics, /livez and /readyz. They need no key, so it must not be reachable from
   * the internet.
   */
  METRICS_HOST: v.optional(v.pipe(v.string(), v.ip("must be an IP address")), "127.0.0.1"),
  /** Whether to print SuperIMAP's l2met lines every ten seconds. */
  LIBRATO_METRICS: v.optional(flag, "false"),
  /** The URL of an OpenTelemetry collector, without `/v1/traces`. Without it nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: v.optional(
    v.pipe(
      address("https:", "http:"),
      v.transform((url) => url.replace(/\/+$/, "")),
    ),
  ),
  /**
   * Headers for requests to the collector, such as the key of a hosted one: `name=value,…`,
   * percent-encoded.
   */
  OTEL_EXPORTER_OTLP_HEADERS: v.optional(otlpHeaders, ""),
  /**
   * The share of the mails that is traced. To trace one mail in a hundred takes no noticeable time.
   */
  OTEL_TRACES_SAMPLER_ARG: v.optional(share, "0.01"),

  /** How often an instance sends tracers to one of its tracer users. */
  TRACER_INTERVAL: v.optional(seconds(1, 86_400), "600"),
  /** How many tracers to send at a time; 0 sends none. */
  NUM_TRACERS: v.optional(wholeNumber(0, 100), "3"),
  /**
   * The time after which a tracer is overdue, which raises an alarm. Mail servers that greylist
   * take minutes.
   */
  TRACER_LIMIT: v.optional(seconds(1, 86_400), "300"),
};
