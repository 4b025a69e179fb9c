import {
  type Context,
  ROOT_CONTEXT,
  type Span as OtelSpan,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Log } from "../../shared/log.ts";
import { readTraceParent, writeTraceParent } from "./traceparent.ts";
import type { Span, SpanStart, Traces } from "./traces.ts";

export interface TracesSettings {
  /** The URL of the collector, without the path `/v1/traces`. */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
  /** The share of mails that are traced, from 0 to 1. */
  ratio: number;
  instanceId: string;
}

/**
 * How many spans may wait while the collector does not answer. They use about 1 MB. Further spans
 * are dropped.
 */
const MAX_QUEUE = 2_048;
const MAX_BATCH = 256;
const BATCH_MS = 2_000;
/**
 * How long one request may take, with all its retries. A stop waits at most this long for the last
 * one.
 */
const EXPORT_TIMEOUT_MS = 3_000;

const KINDS = {
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
} as const;

/**
 * Exports spans over OTLP/HTTP in batches. Never rejects. Callers never wait for the collector.
 * Registers nothing globally: only spans that our code begins are traced.
 */
export function openTraces({ log }: { log: Log }, settings: TracesSettings): Traces {
  const exporter = new OTLPTraceExporter({
    url: `${settings.endpoint}/v1/traces`,
    headers: { ...settings.headers },
    timeoutMillis: EXPORT_TIMEOUT_MS,
    concurrencyLimit: MAX_QUEUE / MAX_BATCH,
  });
  const processor = new BatchSpanProcessor({
    exporter: reportingExporter(exporter, { log }),
    maxQueueSize: MAX_QUEUE,
    maxExportBatchSize: MAX_BATCH,
    scheduledDelayMillis: BATCH_MS,
    exportTimeoutMillis: 2 * EXPORT_TIMEOUT_MS,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": "superimap-fleet",
      "service.instance.id": settings.instanceId,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.ratio) }),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer("superimap");
  return {
    begin: (start) => beginSpan(tracer, ROOT_CONTEXT, start),
    join(traceparent, start) {
      const parent = readTraceParent(traceparent);
      if (parent?.isSampled !== true) return null;
      const { traceId, spanId } = parent;
      const remote = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
      return beginSpan(tracer, trace.setSpanContext(ROOT_CONTEXT, remote), start);
    },
    async [Symbol.asyncDispose]() {
      // A failed export was already reported.
      await provider.shutdown().catch(() => undefined);
    },
  };
}

function beginSpan(tracer: Tracer, parent: Context, start: SpanStart): Span | null {
  const span = startSpan(tracer, parent, start);
  return span.isRecording() ? toSpan(tracer, parent, span) : null;
}

function startSpan(tracer: Tracer, parent: Context, start: SpanStart): OtelSpan {
  const { name, kind, startMs, attributes } = start;
  const options = {
    startTime: startMs,
    kind: kind ? KINDS[kind] : SpanKind.INTERNAL,
    ...(attributes && { attributes }),
  };
  return tracer.startSpan(name, options, parent);
}

function toSpan(tracer: Tracer, parent: Context, span: OtelSpan): Span {
  const { traceId, spanId } = span.spanContext();
  const within = trace.setSpan(parent, span);
  return {
    traceparent: writeTraceParent({ traceId, spanId, isSampled: true }),
    // No check of `isRecording()`: this span is sampled, so the new span is sampled too.
    begin: (start) => toSpan(tracer, within, startSpan(tracer, within, start)),
    end(endMs, { attributes, error } = {}) {
      if (attributes) span.setAttributes(attributes);
      if (error !== undefined) {
        span.setAttribute("error.type", error);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end(endMs);
    },
  };
}

/**
 * Wraps an exporter. Logs when the collector stops accepting spans, and when it accepts them again.
 */
function reportingExporter(exporter: SpanExporter, { log }: { log: Log }): SpanExporter {
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
 * Returns the network error code or HTTP status of an error, or else its name. The message may
 * contain the collector's answer, so it is not returned.
 */
const readCode = (error: Error) => ("code" in error ? String(error.code) : error.name);
