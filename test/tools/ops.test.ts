import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inCheckout } from "../../dev/checkout.ts";
import { findPrometheus } from "../../dev/servers/prometheus.ts";
import { runCommand } from "../../dev/processes/run-command.ts";
import { createEdgeMetrics } from "../../edge/serving/edge-metrics.ts";
import { createMetrics } from "../../fleet/metrics/metrics.ts";
import { isPrometheusMissing } from "../harness/prometheus.ts";

const rules = await readFile(inCheckout("ops", "alerts.yml"), "utf8");
const ruleTests = await readFile(inCheckout("ops", "alerts.test.yml"), "utf8");
const dashboard = v.parse(
  v.object({
    panels: v.array(
      v.object({ title: v.string(), targets: v.array(v.object({ expr: v.string() })) }),
    ),
  }),
  JSON.parse(await readFile(inCheckout("ops", "dashboard.json"), "utf8")),
);
const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = ""]) => name);
const runbook = await readFile(inCheckout("docs", "runbook.md"), "utf8");

/**
 * Returns the names of our metrics in a text, without the suffixes that Prometheus adds to
 * histograms.
 */
const named = (text: string) =>
  new Set(
    [...text.matchAll(/\b(?:superimap|process|nodejs)_\w+/g)].map(([name]) =>
      name.replace(/_(bucket|sum|count)$/, ""),
    ),
  );
const measured = new Set(
  [createMetrics(), createEdgeMetrics({ inFlight: () => 0 })].flatMap(({ registry }) =>
    registry.getMetricsAsArray().map(({ name }) => name),
  ),
);

test.each([
  ["alert rules", rules],
  ["rules' tests", ruleTests],
  ["dashboard", expressions.join("\n")],
])("the %s use only metrics of fleet and edge", (_, text) => {
  const unknown = [...named(text)].filter((name) => !measured.has(name));
  expect(unknown).toEqual([]);
});

test.each(alerts)("%s is tested, once firing and once silent", (alert) => {
  expect(ruleTests).toContain(`- name: ${alert} fires`);
  expect(ruleTests).toContain(`- name: ${alert} is silent`);
});

test.each(alerts)("%s leads to what the runbook says of it", (alert) => {
  const rule = rules.split("- alert: ").find((one) => one.startsWith(`${alert}\n`));
  expect(rule).toContain(`runbook_url: docs/runbook.md#${alert.toLowerCase()}\n`);
  const said = runbook.split(/^### /m).find((section) => section.startsWith(`${alert}\n`));
  expect(said?.split(/^## /m)[0]?.length).toBeGreaterThan(200);
});

test("the runbook has no section for an alarm that does not exist", () => {
  const section = /^## Alarms$([\s\S]*?)^## /m.exec(runbook)?.[1] ?? "";
  const told = [...section.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
  expect(told.toSorted()).toEqual(alerts.toSorted());
});

describe.skipIf(isPrometheusMissing)("promtool", () => {
  let promtool = "";
  let folder = "";
  beforeAll(async () => {
    promtool = (await findPrometheus())?.promtool ?? "";
    folder = await mkdtemp(join(tmpdir(), "superimap-ops-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = (...args: string[]) => runCommand(promtool, { args, cwd: inCheckout("ops") });

  test("takes the alert rules", async () => {
    expect(await run("check", "rules", "alerts.yml")).toContain("SUCCESS");
  });

  test("sees every alert fire when it must, and stay silent when it must", async () => {
    expect(await run("test", "rules", "alerts.test.yml")).toContain("SUCCESS");
  });

  test("takes every query of the dashboard", async () => {
    const file = join(folder, "dashboard.yml");
    const recorded = expressions.map((expr, i) => ({
      record: `dashboard:query_${i}`,
      expr: expr.replaceAll("$__rate_interval", "5m"),
    }));
    // promtool reads YAML. JSON is valid YAML.
    await writeFile(file, JSON.stringify({ groups: [{ name: "dashboard", rules: recorded }] }));
    expect(await run("check", "rules", file)).toContain("SUCCESS");
  });

  test("has no fault to find with the metrics", async () => {
    const file = join(folder, "metrics.txt");
    await writeFile(file, await createMetrics().registry.metrics());
    const script = '"$0" check metrics < "$1"';
    await runCommand("sh", { args: ["-c", script, promtool, file] });
  });
});
