import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyWebhook } from "../../client/verify-webhook.ts";
import { edgeUrl, startEdge } from "../../dev/servers/edge.ts";
import { isBodySignedBy } from "../../dev/sink/webhook-check.ts";
import { runRelay } from "../../fleet/relay/relay.ts";
import { systemClock } from "../../shared/clock.ts";
import { createApiCaller } from "../harness/api-caller.ts";
import { type Posted, startEndpoint } from "../harness/network/endpoint.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";
import { noCommands } from "../harness/no-commands.ts";
import { newWebhookUser, publishMail } from "../webhook/published-mail.ts";
import { runRole } from "../webhook/running-role.ts";

let stack: FleetStack;
const opened = new AsyncDisposableStack();
beforeAll(async () => {
  stack = opened.use(await startFleetStack());
  opened.use(await startEdge(stack.context));
  opened.use(startRelay());
});
afterAll(() => opened.disposeAsync());

function startRelay(): AsyncDisposable {
  const stop = new AbortController();
  const vaults = { mailboxVault: stack.vaults.mailbox, partnerVault: stack.vaults.partner };
  const deps = { ...stack, ...vaults, clock: systemClock, handlers: noCommands };
  const running = runRelay(deps, { intervalMs: 50 }, stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

const DAY_MS = 24 * 3_600_000;
/**
 * The time between two attempts: at least 1.2 s, because jitter shortens it by up to 20 %.
 * Timestamps are in whole seconds, so two attempts never have the same.
 */
const RETRY_MS = 1_500;

const newSecret = v.object({
  secret: v.string(),
  previous: v.object({ until: v.pipe(v.string(), v.isoTimestamp()) }),
});
const newSigningKey = v.object({ public_key: v.string() });

const readTimeMs = ({ headers }: Posted) => Number(headers["webhook-timestamp"]) * 1_000;
/**
 * Returns the versions of the signatures, in order. While the old webhook secret and the old
 * signing key still sign, too, this is `v1 v1 v1a v1a`.
 */
const readVersions = ({ headers }: Posted) =>
  String(headers["webhook-signature"]).replaceAll(/,\S+/g, "");

/** Returns whether a receiver that knows only this key would have accepted the attempt. */
const verifies = (key: string, attempt: Posted): Promise<boolean> =>
  verifyWebhook(attempt, { secrets: [key], nowMs: readTimeMs(attempt) }).then(
    () => true,
    () => false,
  );

test("a secret that is rotated while retries wait verifies them for 24 hours, and then only the new one does", async () => {
  let aheadMs = 0;
  let isHealthy = false;
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  await using endpoint = await startEndpoint(() => ({ status: isHealthy ? 200 : 500 }));
  const { posted } = endpoint;
  const settings = { retryScheduleMs: Array(20).fill(RETRY_MS), eventMaxAgeMs: 2 * DAY_MS };
  await using _role = runRole(stack, settings, { clock });
  const partner = await stack.newPartner({ newMailWebhook: endpoint.url });
  const call = createApiCaller(edgeUrl(stack.context), partner.apiKey);
  const keyPair = async () =>
    v.parse(newSigningKey, (await call("POST", "/webhooks/signing-key")).body).public_key;
  const until = (what: string, isEnough: () => boolean) =>
    eventually(what, () => isEnough() || undefined);
  const count = (versions: string) => posted.filter((one) => readVersions(one) === versions).length;

  const oldKey = await keyPair();
  const { id } = await publishMail(stack, await newWebhookUser(stack, partner));
  await until("an attempt before the rotation", () => count("v1 v1a") > 0);
  const { secret, previous } = v.parse(newSecret, (await call("POST", "/webhooks/secret")).body);
  const newKey = await keyPair();
  await until("retries with all keys", () => count("v1 v1 v1a v1a") > 1);
  aheadMs = DAY_MS;
  const isAfter = (attempt: Posted) => readTimeMs(attempt) >= Date.parse(previous.until);
  await until("retries after a day", () => posted.filter(isAfter).length > 1);
  isHealthy = true;
  const failed = posted.length;
  await until("the delivery", () => posted.length > failed);

  const times = posted.map(readTimeMs);
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
  // The fleet notices the rotation after a moment. All later attempts must be signed with the new
  // keys.
  const heard = posted.findIndex((one) => readVersions(one) === "v1 v1 v1a v1a");
  for (const [i, attempt] of posted.entries()) {
    expect(attempt.headers["webhook-id"]).toBe(id);
    expect(isBodySignedBy(partner.apiKey, attempt.body)).toBe(true);
    const keys = [partner.webhookSecret, oldKey, secret, newKey];
    const verdicts = await Promise.all(keys.map((key) => verifies(key, attempt)));
    expect(verdicts.slice(0, 2)).toEqual(Array(2).fill(!isAfter(attempt)));
    if (i >= heard) expect(verdicts.slice(2)).toEqual([true, true]);
  }
});
