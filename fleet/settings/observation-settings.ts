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
  /** The port of /metrics, /livez and /readyz. With 0, any free port is used and logged. */
  METRICS_PORT: v.optional(portOrOff, "9464"),
  /**
   * The address of /metrics, /livez and /readyz. They need no key, so the address must not be
   * reachable from the internet.
   */
  METRICS_HOST: v.optional(v.pipe(v.string(), v.ip("must be an IP address")), "127.0.0.1"),
  /** Whether to print metrics every ten seconds, in the l2met format of the old SuperIMAP. */
  LIBRATO_METRICS: v.optional(flag, "false"),
  /** The URL of an OpenTelemetry collector, without `/v1/traces`. Without it, nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: v.optional(
    v.pipe(
      address("https:", "http:"),
      v.transform((url) => url.replace(/\/+$/, "")),
    ),
  ),
  /** Headers for the collector, such as an API key: `name=value,…`, percent-encoded. */
  OTEL_EXPORTER_OTLP_HEADERS: v.optional(otlpHeaders, ""),
  /** The share of mails that are traced. Tracing one mail in a hundred takes no noticeable time. */
  OTEL_TRACES_SAMPLER_ARG: v.optional(share, "0.01"),

  /** In each interval, an instance sends tracers to one of its tracer users, chosen at random. */
  TRACER_INTERVAL: v.optional(seconds(1, 86_400), "600"),
  /** How many tracers are sent in each TRACER_INTERVAL, one after another; 0 sends none. */
  NUM_TRACERS: v.optional(wholeNumber(0, 100), "3"),
  /**
   * A tracer that takes longer is overdue, which raises an alarm. Mail servers that refuse unknown
   * senders at first (greylisting) delay tracers by minutes.
   */
  TRACER_LIMIT: v.optional(seconds(1, 86_400), "300"),
};
