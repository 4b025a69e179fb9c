import { expect, test } from "vitest";
import { openTraces } from "../../fleet/traces/otlp-traces.ts";
import { eventually } from "../harness/eventually.ts";
import { newTestLog } from "../harness/test-log.ts";
import { startCollector } from "./collector.ts";

const NOBODY = "http://127.0.0.1:9";
const settings = { headers: { "x-key": "abc" }, ratio: 1, instanceId: "one" };

const open = (endpoint: string, more: Partial<typeof settings> = {}) => {
  const log = newTestLog();
  return { log, traces: openTraces({ log }, { ...settings, ...more, endpoint }) };
};

test("a span is exported with its child, its times and its attributes", async () => {
  await using collector = await startCollector();
  const { traces } = open(collector.url);
  const attributes = { "superimap.event_id": "evt_1" };
  const read = traces.begin({ name: "mail.read", startMs: 1_000_000_000_000, attributes });
  read
    ?.begin({ name: "mail.publish", kind: "producer", startMs: 1_000_000_000_100 })
    .end(1_000_000_000_250, { attributes: { "superimap.size_bytes": 5 }, error: "timeout" });
  read?.end(1_000_000_000_300);
  await traces[Symbol.asyncDispose]();

  const [publish, parent] = collector.spans();
  expect(parent).toMatchObject({
    name: "mail.read",
    parentSpanId: "",
    startTimeUnixNano: 1_000_000_000_000,
    endTimeUnixNano: 1_000_000_000_300,
    attributes,
    instance: "one",
  });
  expect(publish).toMatchObject({
    name: "mail.publish",
    traceId: parent?.traceId,
    parentSpanId: parent?.spanId,
    kind: 4,
    startTimeUnixNano: 1_000_000_000_100,
    attributes: { "superimap.size_bytes": 5, "error.type": "timeout" },
    status: { code: 2 },
  });
  expect(collector.requests).toMatchObject([{ path: "/v1/traces", key: "abc", spans: 2 }]);
});

test("another process continues a trace", async () => {
  await using collector = await startCollector();
  const { traces: one } = open(collector.url);
  const { traces: other } = open(collector.url, { instanceId: "other", ratio: 0 });
  const published = one.begin({ name: "mail.publish", startMs: 1 });
  const start = { name: "mail.deliver", kind: "consumer", startMs: 2 } as const;
  other.join(published?.traceparent ?? "", start)?.end(3);
  published?.end(2);
  await one[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();

  const [publish, deliver] = collector.spans();
  expect(publish?.instance).toBe("one");
  expect(deliver).toMatchObject({
    traceId: publish?.traceId,
    parentSpanId: publish?.spanId,
    instance: "other",
  });
});

test("traces outside the sample are not begun, and invalid traces are not joined", async () => {
  await using collector = await startCollector();
  const { traces } = open(collector.url, { ratio: 0 });
  const start = { name: "mail.read", startMs: 1 };
  expect(traces.begin(start)).toBeNull();
  const id = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";
  expect(traces.join(`00-${id}-00`, start)).toBeNull();
  expect(traces.join("nonsense", start)).toBeNull();
  expect(traces.join(`00-${id}-01`, start)).not.toBeNull();
  await traces[Symbol.asyncDispose]();
  expect(collector.spans()).toEqual([]);
});

test("about the wanted share is traced", async () => {
  const { traces } = open(NOBODY, { ratio: 0.25 });
  const begun = Array.from({ length: 2_000 }, () => traces.begin({ name: "x", startMs: 1 }));
  const share = begun.filter((span) => span !== null).length / begun.length;
  expect(share).toBeGreaterThan(0.2);
  expect(share).toBeLessThan(0.3);
  await traces[Symbol.asyncDispose]();
});

test("a collector that is down costs only its queue, and a stop does not wait for it", async () => {
  const { log, traces } = open(NOBODY);
  for (let i = 0; i < 10_000; i++) traces.begin({ name: "mail.read", startMs: 1 })?.end(2);
  const startedMs = performance.now();
  await traces[Symbol.asyncDispose]();
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  expect(log.lines.filter((line) => line.includes("traces.not_exported"))).toHaveLength(1);
});

// Takes 4 s: the fleet sends spans in batches, every 2 s.
test("a refusing collector is logged once, and so is its recovery", async () => {
  await using collector = await startCollector();
  collector.answer(400);
  const { log, traces } = open(collector.url);
  const refused = async (requests: number) => {
    traces.begin({ name: "mail.read", startMs: 1 })?.end(2);
    await eventually("the export", () => collector.requests.length >= requests || undefined);
  };
  await refused(1);
  await refused(2);
  collector.answer(200);
  traces.begin({ name: "mail.read", startMs: 1 })?.end(2);
  await traces[Symbol.asyncDispose]();
  expect(log.lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { event: "traces.not_exported", error: "400" },
    { event: "traces.exported_again", lost_spans: 2 },
  ]);
  expect(collector.spans()).toHaveLength(1);
});
