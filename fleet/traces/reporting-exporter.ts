import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { Log } from "../../shared/log.ts";

/** The same exporter. The log says once that the collector does not take its spans, and once that it does again. */
export function reportingExporter(exporter: SpanExporter, { log }: { log: Log }): SpanExporter {
  let lostSpans = 0;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error === undefined) {
          if (lostSpans > 0) log.info("traces.exported_again", { lost_spans: lostSpans });
          lostSpans = 0;
        } else {
          if (lostSpans === 0) log.warn("traces.not_exported", { error: codeOf(result.error) });
          lostSpans += spans.length;
        }
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
}

/** A code of the network's, or a status: the error's text may quote the collector's answer. */
const codeOf = (error: Error) => ("code" in error ? String(error.code) : error.name);
