import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { inCheckout } from "../../dev/checkout.ts";
import { claimPort, HOST } from "../../dev/processes/free-port.ts";
import { Program } from "../../dev/processes/program.ts";
import { findPrometheus } from "../../dev/servers/prometheus.ts";
import { prepareStateFolder, stateFolder } from "../../dev/stack/state-folder.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";

/** True if the tests that need Prometheus are skipped. In CI, they are never skipped. */
export const isPrometheusMissing =
  process.env["PROMETHEUS"] === "unavailable" && process.env["CI"] !== "true";

const alertsAnswer = v.object({
  data: v.object({
    alerts: v.array(
      v.object({
        state: v.picklist(["pending", "firing"]),
        labels: v.looseObject({ alertname: v.string() }),
        annotations: v.looseObject({ summary: v.string(), runbook_url: v.string() }),
      }),
    ),
  }),
});
const rulesAnswer = v.object({
  data: v.object({
    groups: v.array(
      v.object({ rules: v.array(v.object({ name: v.string(), health: v.string() })) }),
    ),
  }),
});

const queryAnswer = v.object({
  data: v.object({ result: v.array(v.object({ value: v.tuple([v.number(), v.string()]) })) }),
});

export interface PrometheusServer extends AsyncDisposable {
  /** Returns the alerts that are pending or firing. */
  alerts(): Promise<v.InferOutput<typeof alertsAnswer>["data"]["alerts"]>;
  /** Returns all loaded rules. `health` is `ok` if Prometheus could evaluate the rule. */
  rules(): Promise<{ name: string; health: string }[]>;
  /** Returns the sum of all series of a metric. Undefined means that there are no series yet. */
  sample(metric: string): Promise<number | undefined>;
}

/**
 * Starts Prometheus with our alert rules. It scrapes these addresses (`host:port`) every second.
 */
export async function startPrometheus(targets: readonly string[]): Promise<PrometheusServer> {
  await using opened = new AsyncDisposableStack();
  const folder = stateFolder(opened.use(await temporaryFolder()).path);
  await prepareStateFolder(folder);
  const found = await findPrometheus();
  if (!found) throw new Error("Cannot start Prometheus: it is missing");
  const address = `${HOST}:${await claimPort()}`;
  const url = `http://${address}`;
  const config = join(folder.root, "prometheus.yml");
  // Prometheus reads YAML. JSON is valid YAML.
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: [inCheckout("ops", "alerts.yml")],
      scrape_configs: [{ job_name: "superimap", static_configs: [{ targets }] }],
    }),
  );
  opened.use(
    await Program.start({
      name: "prometheus",
      folder,
      command: found.prometheus,
      args: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder.root, "prometheus")}`,
        `--web.listen-address=${address}`,
      ],
      isReady: () =>
        fetch(`${url}/-/ready`).then(
          ({ status }) => status === 200,
          () => false,
        ),
      signal: new AbortController().signal,
    }),
  );
  const ask = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json();
  const resources = opened.move();
  return {
    alerts: async () => v.parse(alertsAnswer, await ask("/api/v1/alerts")).data.alerts,
    rules: async () =>
      v.parse(rulesAnswer, await ask("/api/v1/rules")).data.groups.flatMap(({ rules }) => rules),
    async sample(metric) {
      const { data } = v.parse(queryAnswer, await ask(`/api/v1/query?query=sum(${metric})`));
      const [sum] = data.result;
      return sum && Number(sum.value[1]);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
