import { createHash, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import * as v from "valibot";
import { sendMail } from "./send-mail.ts";
import type { StackAddresses } from "../stack/stack-file.ts";
import { isBodySignedBy } from "../sink/webhook-check.ts";

const received = v.array(
  v.object({
    n: v.number(),
    received_at: v.string(),
    headers: v.record(v.string(), v.union([v.string(), v.array(v.string())])),
    body: v.string(),
    verified: v.boolean(),
  }),
);
type Received = v.InferOutput<typeof received>[number];

const shownUser = v.object({ state: v.string(), state_reason: v.optional(v.nullable(v.string())) });
const mailBody = v.object({ sha1: v.string(), rfc822: v.string() });

const WATCHED_TIMEOUT_MS = 30_000;
const WEBHOOK_TIMEOUT_MS = 30_000;
const POLL_MS = 25;

/**
 * Sends a mail to the first demo user and waits for its webhook.
 *
 * @returns The time from sending the mail to receiving its webhook, in ms.
 * @throws {Error} when the user is not watched in time, or the webhook does not arrive in time or
 * is not valid.
 */
export async function roundTrip(stack: StackAddresses, signal: AbortSignal): Promise<number> {
  const user = stack.users[0];
  if (!user) throw new Error("Cannot send a mail: the stack has no users");
  await untilWatched(stack, user.tag, signal);
  const [last] = (await getReceived(stack, 0, signal)).slice(-1);
  const token = randomUUID();
  const sentAtMs = Date.now();
  await sendMail(stack.smtp, { to: user.address, subject: `Hello ${token}`, text: "It works." });
  const webhook = await waitForWebhook(stack, { token, after: last?.n ?? 0, signal });
  verify(stack, webhook);
  return Date.parse(webhook.received_at) - sentAtMs;
}

async function untilWatched(stack: StackAddresses, tag: string, signal: AbortSignal) {
  const url = `${stack.edge}/api/v1/connections/${stack.provider}/users/${tag}`;
  const deadline = performance.now() + WATCHED_TIMEOUT_MS;
  for (;;) {
    const response = await fetch(url, { headers: { "x-api-key": stack.partner.api_key }, signal });
    const { state, state_reason } = v.parse(shownUser, await response.json());
    if (state === "watching") return;
    if (performance.now() > deadline) {
      throw new Error(`User ${tag} is not watched: found state ${state} (${state_reason ?? "-"})`);
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

interface Expected {
  token: string;
  after: number;
  signal: AbortSignal;
}

async function waitForWebhook(stack: StackAddresses, expected: Expected): Promise<Received> {
  const { token, after, signal } = expected;
  const deadline = performance.now() + WEBHOOK_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const webhooks = await getReceived(stack, after, signal);
    const found = webhooks.find((webhook) => webhook.body.includes(token));
    if (found) return found;
    await delay(POLL_MS, undefined, { signal });
  }
  throw new Error(`No webhook came for the mail within ${WEBHOOK_TIMEOUT_MS / 1_000} s`);
}

async function getReceived(stack: StackAddresses, after: number, signal: AbortSignal) {
  const response = await fetch(`${stack.sink}/received?after=${after}`, { signal });
  return v.parse(received, await response.json());
}

/**
 * Verifies a webhook as a partner would. Checks the signature in the body (in the way of the old
 * SuperIMAP), the signature in the headers (with a third-party library) and the mail's SHA-1.
 */
function verify(stack: StackAddresses, { body, headers }: Received): void {
  if (!isBodySignedBy(stack.partner.api_key, body)) {
    throw new Error("The webhook is not valid: the signature in its body is wrong");
  }
  const single = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  new Webhook(stack.partner.webhook_secret).verify(body, Object.fromEntries(single));
  const { sha1, rfc822 } = v.parse(mailBody, JSON.parse(body));
  if (createHash("sha1").update(rfc822).digest("hex") !== sha1) {
    throw new Error("The webhook is not valid: its sha1 does not match its rfc822");
  }
}
