/** The attributes of a span: only ids, sizes and codes; never addresses, subjects or tokens. */
export type SpanAttributes = Readonly<
  Record<`${"superimap" | "http" | "error"}.${string}`, string | number | boolean>
>;

export interface SpanStart {
  name: string;
  /** The role of the span in network communication, if any. */
  kind?: "producer" | "consumer" | "client";
  /** Milliseconds since the epoch. */
  startMs: number;
  attributes?: SpanAttributes;
}

/** One step of a mail's trace. A span that is never ended is never exported. */
export interface Span {
  /** The W3C `traceparent` of this span, with which another process continues the trace. */
  readonly traceparent: string;
  begin(start: SpanStart): Span;
  /**
   * Ends the step.
   * @param end.error A code that says why the step failed.
   */
  end(endMs: number, end?: { attributes?: SpanAttributes; error?: string }): void;
}

/** Traces mails across processes. A process that has no `Traces` traces nothing, at no cost. */
export interface Traces extends AsyncDisposable {
  /**
   * Begins a trace. Only a sample, which is a random share of all traces, is recorded. Returns null
   * if this trace is not in the sample.
   */
  begin(start: SpanStart): Span | null;
  /** Continues a trace that another process began; returns null if it is not in the sample. */
  join(traceparent: string, start: SpanStart): Span | null;
}
