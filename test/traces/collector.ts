import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import * as v from "valibot";

const value = v.union([
  v.pipe(
    v.object({ stringValue: v.string() }),
    v.transform(({ stringValue }) => stringValue),
  ),
  v.pipe(
    v.object({ intValue: v.union([v.number(), v.string()]) }),
    v.transform(({ intValue }) => Number(intValue)),
  ),
  v.pipe(
    v.object({ boolValue: v.boolean() }),
    v.transform(({ boolValue }) => boolValue),
  ),
]);
const attributes = v.pipe(
  v.array(v.object({ key: v.string(), value })),
  v.transform((pairs) => Object.fromEntries(pairs.map((pair) => [pair.key, pair.value]))),
);
const nanos = v.pipe(
  v.string(),
  v.transform((text) => Number(BigInt(text) / 1_000_000n)),
);
/** The parts of an OTLP export that the tests read. */
const request = v.object({
  resourceSpans: v.array(
    v.object({
      resource: v.object({ attributes }),
      scopeSpans: v.array(
        v.object({
          spans: v.array(
            v.object({
              traceId: v.string(),
              spanId: v.string(),
              parentSpanId: v.optional(v.string(), ""),
              name: v.string(),
              kind: v.number(),
              startTimeUnixNano: nanos,
              endTimeUnixNano: nanos,
              attributes,
              status: v.object({ code: v.optional(v.number(), 0) }),
            }),
          ),
        }),
      ),
    }),
  ),
});

type OtlpRequest = v.InferOutput<typeof request>;
export type CollectedSpan =
  OtlpRequest["resourceSpans"][number]["scopeSpans"][number]["spans"][number] & {
    /** The attribute `service.instance.id` of the process that has sent the span. */
    instance: unknown;
  };

/** A server that receives spans over OTLP/HTTP, as JSON. */
export interface Collector extends AsyncDisposable {
  url: string;
  /** Sets the status of all later answers. At first, it is 200. */
  answer(status: number): void;
  spans(): CollectedSpan[];
  /** All requests, oldest first. */
  requests: { path: string | undefined; key: unknown; spans: number; text: string }[];
}

export async function startCollector(port = 0): Promise<Collector> {
  const collected: CollectedSpan[] = [];
  const requests: Collector["requests"] = [];
  let status = 200;
  const server = createServer((incoming, response) => {
    void json(incoming).then((body) => {
      const spans = toSpans(v.parse(request, body));
      const key = incoming.headers["x-key"];
      requests.push({ path: incoming.url, key, spans: spans.length, text: JSON.stringify(body) });
      if (status === 200) collected.push(...spans);
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("No address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    answer: (next) => void (status = next),
    spans: () => collected,
    requests,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const toSpans = ({ resourceSpans }: OtlpRequest): CollectedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({ ...span, instance: resource.attributes["service.instance.id"] })),
    ),
  );
