import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/**
 * Default metrics of prom-client that are removed because of their names: they are gauges, but
 * Prometheus's naming rules reserve `_total` for counters.
 */
const MISNAMED = ["handles", "requests", "resources"].map((of) => `nodejs_active_${of}_total`);
const DURATION_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30];

export type EdgeMetrics = ReturnType<typeof createEdgeMetrics>;

/**
 * Creates all metrics of an edge process. Metric names of the edge occur only in this file.
 *
 * @param read Reads values that are not counted.
 */
export function createEdgeMetrics(read: { inFlight(): number }) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const registers = [registry];
  return {
    registry,
    requestsInFlight: new Gauge({
      name: "superimap_edge_requests_in_flight",
      help: "Requests that are being answered",
      registers,
      collect() {
        this.set(read.inFlight());
      },
    }),
    requests: new Counter({
      name: "superimap_edge_requests_total",
      help: "Answered requests by class of status (2xx)",
      labelNames: ["status"],
      registers,
    }),
    requestDuration: new Histogram({
      name: "superimap_edge_request_duration_seconds",
      help: "Time from a request's header to its answer",
      buckets: DURATION_BUCKETS_S,
      registers,
    }),
  };
}
