import * as v from "valibot";
import { bodySignature } from "../shared/secrets/signatures.ts";
import { isHeaderSigned } from "./header-signatures.ts";
import { isSame } from "./is-same.ts";
import { webhookPayload, type WebhookPayload } from "./webhook-payload.ts";

export interface WebhookRequest {
  headers: Headers | Readonly<Record<string, string | string[] | undefined>>;
  /**
   * The exact text of the request's body. Do not parse and serialize it again, because the
   * signature would no longer match.
   */
  body: string;
}

export interface VerifyOptions {
  /**
   * The webhook secret (`whsec_…`) or the public key (`whpk_…`). During a rotation, pass both the
   * old and the new one.
   */
  secrets: readonly string[];
  /** The allowed difference between the attempt's time and now, in seconds. */
  toleranceS?: number;
  nowMs?: number;
}

export interface Webhook {
  /** The event's id. Store it to recognize an event that is delivered again. */
  id: string;
  payload: WebhookPayload;
}

export type RefusalReason = "missing-header" | "not-now" | "wrong-signature" | "unreadable";

/**
 * Thrown for a request that is not from SuperIMAP, is a copy of an old request, or has a body that
 * cannot be read. Answer the request with 400.
 */
export class WebhookRefused extends Error {
  override readonly name = "WebhookRefused";
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string, options?: ErrorOptions) {
    super(`Cannot accept the webhook: ${message}`, options);
    this.reason = reason;
  }
}

/** The default of `toleranceS`, as in the Standard Webhooks libraries. */
const TOLERANCE_S = 300;

/**
 * Checks the time and the signatures of a webhook, and returns its payload. One signature must have
 * been made with one of the `secrets`.
 *
 * Source: Standard Webhooks 1.0.0, "Verifying webhook authenticity".
 *
 * @throws {WebhookRefused} when the webhook is not valid.
 * @throws {TypeError} when a secret is malformed.
 */
export async function verifyWebhook(
  { headers, body }: WebhookRequest,
  { secrets, toleranceS = TOLERANCE_S, nowMs = Date.now() }: VerifyOptions,
): Promise<Webhook> {
  const id = readHeader(headers, "webhook-id");
  const timestampS = parseSeconds(readHeader(headers, "webhook-timestamp"));
  const signatures = readHeader(headers, "webhook-signature");
  // The condition is negated, not written with `>`, so that it also refuses NaN.
  if (!(Math.abs(nowMs / 1_000 - timestampS) <= toleranceS)) {
    throw new WebhookRefused("not-now", `its time is more than ${toleranceS} s from now`);
  }
  if (!(await isHeaderSigned({ id, timestampS, body }, signatures, secrets))) {
    throw new WebhookRefused("wrong-signature", "no signature is that of a secret");
  }
  return { id, payload: parsePayload(body) };
}

/**
 * Whether one of the partner's API keys made the signature in the body. This is the signature of
 * the old SuperIMAP (docs/superimap.md). It covers only `timestamp` and `sha1`.
 */
export async function isBodySigned(
  { timestamp, sha1, signature }: Pick<WebhookPayload, "timestamp" | "sha1" | "signature">,
  apiKeys: readonly string[],
): Promise<boolean> {
  const expected = await Promise.all(apiKeys.map((key) => bodySignature(key, timestamp, sha1)));
  return expected.some((one) => isSame(one, signature));
}

const payloadJson = v.pipe(v.string(), v.parseJson(), webhookPayload);

function parsePayload(body: string): WebhookPayload {
  const parsed = v.safeParse(payloadJson, body);
  if (parsed.success) return parsed.output;
  throw new WebhookRefused("unreadable", "found a body that is none of the known ones");
}

function readHeader(headers: WebhookRequest["headers"], name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (typeof value === "string" && value !== "") return value;
  throw new WebhookRefused("missing-header", `found no header ${name}`);
}

const parseSeconds = (text: string) => (/^\d{1,12}$/.test(text) ? Number(text) : Number.NaN);
