import { describe, expect, test } from "vitest";
import { claimPort, HOST } from "../../dev/processes/free-port.ts";
import { startCluster } from "../faults/cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { isPrometheusMissing, startPrometheus } from "../harness/prometheus.ts";

describe.skipIf(isPrometheusMissing)("Prometheus", () => {
  test("loads every rule, and an endpoint that fails fires the alarm of its dead letters", async () => {
    const port = await claimPort();
    await using cluster = await startCluster(2, { RETRY_SCHEDULE: "0.1,0.1" });
    await cluster.join("measured", { METRICS_PORT: String(port) });
    await cluster.watchfulness.untilAllWatched(cluster.logins);
    await using prometheus = await startPrometheus([`${HOST}:${port}`]);
    const rules = await eventually("the first evaluation", async () => {
      const loaded = await prometheus.rules();
      return loaded.every(({ health }) => health !== "unknown") ? loaded : undefined;
    });
    expect(rules.filter(({ health }) => health !== "ok")).toEqual([]);
    expect(rules.length).toBeGreaterThan(20);
    // Prometheus must first see the counter at zero. Otherwise it cannot compute an increase.
    await eventually("a scrape", () => prometheus.sample("superimap_dead_letters_total"));
    const firing = (await prometheus.alerts()).filter(({ state }) => state === "firing");
    expect(firing).toEqual([]);

    const wish = { path: "/new_mail", status: 500, times: 100 };
    await fetch(`${cluster.sink.url}/behave`, { method: "POST", body: JSON.stringify(wish) });
    cluster.ledger.send(2);
    const fired = await eventually("the alarm", async () => {
      const alerts = await prometheus.alerts();
      return alerts.find(
        ({ labels, state }) => labels.alertname === "DeadLetters" && state === "firing",
      );
    });
    expect(fired.annotations.summary).toMatch(
      /^Events that became dead letters in the last hour: /,
    );
    expect(fired.annotations.runbook_url).toBe("docs/runbook.md#deadletters");
  });
});
