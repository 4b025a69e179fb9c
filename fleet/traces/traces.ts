/** Ids, sizes and codes; never addresses, subjects or tokens. */
export type SpanAttributes = Readonly<
  Record<`${"superimap" | "http" | "error"}.${string}`, string | number | boolean>
>;

export interface SpanStart {
  name: string;
  /** What it does over the network, if anything. */
  kind?: "producer" | "consumer" | "client";
  /** Milliseconds since the epoch. */
  startMs: number;
  attributes?: SpanAttributes;
}

/** One step on a mail's way. What is never ended is never exported. */
export interface Span {
  /** W3C Trace Context, by which another process goes on with the trace. */
  readonly traceparent: string;
  begin(start: SpanStart): Span;
  /** @param end.error A code: why the step failed. */
  end(endMs: number, end?: { attributes?: SpanAttributes; error?: string }): void;
}

/** Follows mails over processes. A part that has none traces nothing, and pays nothing for it. */
export interface Traces extends AsyncDisposable {
  /** Null when chance left this one out of the sample. */
  begin(start: SpanStart): Span | null;
  /** Goes on with what another process began; null when it left it out. */
  join(traceparent: string, start: SpanStart): Span | null;
}
