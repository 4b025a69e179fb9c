import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { Log } from "../../shared/log.ts";

/**
 * Wraps an exporter so that log lines report when the collector stops accepting spans, and when it
 * accepts them again.
 */
export function reportingExporter(exporter: SpanExporter, { log }: { log: Log }): SpanExporter {
  let lostSpans = 0;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error === undefined) {
          if (lostSpans > 0) log.info("traces.exported_again", { lost_spans: lostSpans });
          lostSpans = 0;
        } else {
          if (lostSpans === 0) log.warn("traces.not_exported", { error: readCode(result.error) });
          lostSpans += spans.length;
        }
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
}

/**
 * Returns the network error code or HTTP status of an error, or else its name. Does not return the
 * message, which may contain the collector's answer.
 */
const readCode = (error: Error) => ("code" in error ? String(error.code) : error.name);
