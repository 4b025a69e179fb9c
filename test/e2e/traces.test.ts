import { expect, test } from "vitest";
import { type Cluster, startCluster } from "../faults/cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { type CollectedSpan, type Collector, startCollector } from "../traces/collector.ts";

/** Starts two fleet processes. One watches the mailboxes, and the other sends the webhooks. */
async function startTraced(cluster: Cluster, collector: Collector): Promise<void> {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: "1" };
  await cluster.join("watching", { ROLE: "imap", ...env });
  await cluster.join("delivering", { ROLE: "webhook", ...env });
  await cluster.watchfulness.untilAllWatched(cluster.logins);
}

/**
 * Returns the tree of spans below `parent`. Each span is a list: its instance, its name, and the
 * spans below it in the order of their start.
 */
function below(spans: readonly CollectedSpan[], parent: CollectedSpan): unknown[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === parent.spanId)
    .toSorted((a, b) => a.startTimeUnixNano - b.startTimeUnixNano)
    .map((span) => [span.instance, span.name, ...below(spans, span)]);
}

test("one trace shows a mail's way from IDLE through both processes, each attempt included", async () => {
  await using collector = await startCollector();
  await using cluster = await startCluster(1);
  await startTraced(cluster, collector);
  const wish = { path: "/new_mail", status: 503, times: 1 };
  await fetch(`${cluster.sink.url}/behave`, { method: "POST", body: JSON.stringify(wish) });
  cluster.ledger.send(1);
  await eventually(
    "the second attempt",
    () => collector.spans().filter(({ name }) => name === "mail.deliver").length === 2 || undefined,
  );

  const root = await eventually("the root", () =>
    collector.spans().find(({ name }) => name === "mail.read"),
  );
  const spans = collector.spans().filter(({ traceId }) => traceId === root.traceId);
  expect(collector.spans()).toHaveLength(spans.length);
  expect(root).toMatchObject({ parentSpanId: "", instance: "watching" });
  expect(root.attributes).toMatchObject({ "superimap.announced": true });
  expect(below(spans, root)).toEqual([
    ["watching", "mail.wait"],
    ["watching", "mail.fetch"],
    [
      "watching",
      "mail.publish",
      ["delivering", "mail.deliver", ["delivering", "mail.attempt"]],
      ["delivering", "mail.deliver", ["delivering", "mail.attempt"]],
    ],
  ]);
  const attempts = spans.filter(({ name }) => name === "mail.attempt");
  expect(attempts.map(({ attributes }) => attributes["http.response.status_code"])).toEqual([
    503, 200,
  ]);
  const deliveries = spans.filter(({ name }) => name === "mail.deliver");
  expect(deliveries.map(({ attributes }) => attributes["superimap.attempt"])).toEqual([1, 2]);
  for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
    expect(endTimeUnixNano).toBeGreaterThanOrEqual(startTimeUnixNano);
  }
  const exported = collector.requests.map(({ text }) => text).join("\n");
  expect(exported).not.toMatch(/user0|@test|mail 0|Hello|127\.0\.0\.1|new_mail\b/);
});

// Takes several seconds: the fleet sends spans every 2 s and retries a failed export.
test("a collector that goes away disturbs no mail", async () => {
  await using cluster = await startCluster(2);
  {
    await using collector = await startCollector();
    await startTraced(cluster, collector);
    cluster.ledger.send(2);
    await cluster.ledger.settle();
    await eventually("spans", () => collector.spans().length > 0 || undefined);
  }
  cluster.ledger.send(20);
  await cluster.ledger.settle();
  await eventually("the log to say so", async () =>
    (await cluster.logged("traces.not_exported")).length > 0 ? true : undefined,
  );
});
