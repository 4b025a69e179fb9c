import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { inCheckout } from "../../dev/checkout.ts";
import { claimPort } from "../../dev/processes/free-port.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { startNats } from "../../dev/servers/nats-server.ts";
import { edgeServerSettings } from "../../edge/serving/server-settings.ts";
import { fleetSettings } from "../../fleet/settings.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";
import { eventually } from "../harness/eventually.ts";
import { productionSettings } from "./production-settings.ts";
import { pathWithBun, startRole } from "./start-role.ts";

const probe = v.object({ httpGet: v.object({ path: v.string(), port: v.string() }) });
const container = v.object({
  name: v.string(),
  image: v.literal("superimap"),
  env: v.array(v.object({ name: v.string(), value: v.string() })),
  envFrom: v.tuple([
    v.object({ configMapRef: v.object({ name: v.literal("settings") }) }),
    v.object({ secretRef: v.object({ name: v.string() }) }),
  ]),
  securityContext: v.object({
    allowPrivilegeEscalation: v.literal(false),
    readOnlyRootFilesystem: v.literal(true),
    capabilities: v.object({ drop: v.tuple([v.literal("ALL")]) }),
  }),
});
const labels = v.object({ app: v.string() });
const workload = v.object({
  kind: v.picklist(["Deployment", "StatefulSet"]),
  metadata: v.object({ name: v.string() }),
  spec: v.object({
    selector: v.object({ matchLabels: labels }),
    template: v.object({
      metadata: v.object({ labels }),
      spec: v.object({
        terminationGracePeriodSeconds: v.number(),
        securityContext: v.object({ runAsNonRoot: v.literal(true) }),
        initContainers: v.tuple([container]),
        containers: v.tuple([
          v.object({
            ...container.entries,
            ports: v.array(v.object({ name: v.string(), containerPort: v.number() })),
            startupProbe: probe,
            livenessProbe: probe,
            readinessProbe: probe,
            lifecycle: v.optional(
              v.object({ preStop: v.object({ sleep: v.object({ seconds: v.number() }) }) }),
            ),
          }),
        ]),
      }),
    }),
  }),
});
const budget = v.object({
  kind: v.literal("PodDisruptionBudget"),
  spec: v.object({ maxUnavailable: v.literal(1), selector: v.object({ matchLabels: labels }) }),
});

const read = (name: string) => readFile(inCheckout("deploy", "kubernetes", name), "utf8");
const settings = parseEnv(await read("settings.env"));

const ROLES = ["edge", "imap", "webhook"] as const;

async function readManifest(role: string) {
  const documents = parseAllDocuments(await read(`${role}.yaml`)).map((one) => one.toJS());
  return {
    workload: v.parse(workload, documents[0]),
    budget: v.parse(
      budget,
      documents.find(({ kind }) => kind === "PodDisruptionBudget"),
    ),
  };
}

let resources: AsyncDisposableStack;
let stack: DatabaseStack;
let path: string;
beforeAll(async () => {
  resources = new AsyncDisposableStack();
  stack = resources.use(await startDatabaseStack());
  resources.use(await startNats(stack.context));
  path = await pathWithBun(resources.use(await temporaryFolder()).path);
});
afterAll(() => resources?.[Symbol.asyncDispose]());

test("kustomize takes every manifest", async () => {
  const { resources: listed } = v.parse(
    v.object({ resources: v.array(v.string()) }),
    parse(await read("kustomization.yaml")),
  );
  expect(listed.toSorted()).toEqual(
    [...ROLES.map((role) => `${role}.yaml`), "namespace.yaml"].toSorted(),
  );
});

test.each(ROLES)(
  "a pod of %s has time to stop, and its probes are where it serves them",
  async (role) => {
    const { workload: found, budget: kept } = await readManifest(role);
    const { spec, metadata } = found.spec.template;
    expect(metadata.labels).toEqual(found.spec.selector.matchLabels);
    expect(metadata.labels).toEqual(kept.spec.selector.matchLabels);
    const [main] = spec.containers;
    const servedAt =
      role === "edge"
        ? edgeServerSettings.entries.EDGE_METRICS_PORT.default
        : fleetSettings.entries.METRICS_PORT.default;
    const port = main.ports.find(({ name }) => name === "operations")?.containerPort;
    expect(String(port)).toBe(servedAt);
    expect(main.livenessProbe.httpGet).toEqual({ path: "/livez", port: "operations" });
    expect(main.startupProbe.httpGet).toEqual({ path: "/livez", port: "operations" });
    expect(main.readinessProbe.httpGet).toEqual({ path: "/readyz", port: "operations" });
    // The processes themselves exit after 40 s and after 75 s.
    const preStopS = main.lifecycle?.preStop.sleep.seconds ?? 0;
    const stopS = role === "edge" ? 40 : 75;
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(preStopS + stopS);
  },
);

test.each(ROLES)(
  "the pods of %s start with their settings, become ready and stop",
  async (role) => {
    const { spec } = (await readManifest(role)).workload.spec.template;
    const own = productionSettings(stack);
    const toEnv = ({ env }: { env: { name: string; value: string }[] }) => ({
      ...settings,
      ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
      // The values of the Secret.
      DATABASE_URL: own.DATABASE_URL,
      PARTNER_KEYS: own.PARTNER_KEYS,
      ...(role === "edge"
        ? { MAILBOX_PUBLIC_KEYS: own.MAILBOX_PUBLIC_KEYS }
        : { MAILBOX_PRIVATE_KEYS: own.MAILBOX_PRIVATE_KEYS }),
      PATH: path,
    });
    const [migrate] = spec.initContainers;
    await using migrating = startRole(toEnv(migrate));
    expect(await migrating.ended).toBe(0);
    expect(migrating.output()).toContain('"event":"database.migrated"');

    const [main] = spec.containers;
    const port = String(await claimPort());
    await using started = startRole({
      ...toEnv(main),
      // A test reaches this machine alone, and its servers have no TLS.
      NATS_URL: own.NATS_URL,
      NATS_USER: "",
      NATS_CA_FILE: "",
      STREAM_REPLICAS: "1",
      EDGE_HOST: "127.0.0.1",
      METRICS_HOST: "127.0.0.1",
      EDGE_PORT: "0",
      METRICS_PORT: port,
      EDGE_METRICS_PORT: port,
      INSTANCE_ID: `${role}-0`,
    });
    const ask = (asked: { httpGet: { path: string } }) =>
      fetch(`http://127.0.0.1:${port}${asked.httpGet.path}`).catch(() => undefined);
    await eventually("readiness", async () => (await ask(main.readinessProbe))?.ok || undefined);
    expect((await ask(main.livenessProbe))?.status).toBe(200);
    expect(await started.stop()).toBe(0);
  },
);
