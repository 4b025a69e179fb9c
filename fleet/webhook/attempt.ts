import { encodeBase64 } from "@oslojs/encoding";
import type { Clock } from "../../shared/clock.ts";
import type { AttemptResult } from "./outcome.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { unreachableReason } from "./unreachable-reason.ts";
import type { WebhookRequest } from "./webhook-request.ts";

/** One POST of one event. */
export interface Exchange {
  result: AttemptResult;
  durationMs: number;
  /** The beginning of the answer's body. */
  answer: string | null;
}

const MAX_ANSWER_BYTES = 16 * 1_024;
const MAX_ANSWER_CHARACTERS = 1_024;

/**
 * Posts a webhook and reads the beginning of the answer. Never rejects: every failure is a result.
 *
 * @param deps.fetch The one place where an endpoint is dialled.
 * @param timeoutMs For the whole exchange, from the look-up of the name to the end of the answer.
 */
export async function attempt(
  deps: { fetch: typeof fetch; clock: Clock },
  url: string,
  request: WebhookRequest,
  timeoutMs: number,
): Promise<Exchange> {
  const startMs = deps.clock.now();
  const end = (result: AttemptResult, answer: string | null = null): Exchange => ({
    result,
    durationMs: deps.clock.now() - startMs,
    answer,
  });
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const target = withoutCredentials(url);
    const response = await deps.fetch(target.url, {
      method: "POST",
      headers: { ...request.headers, ...target.headers },
      body: request.body,
      // An endpoint that moved is told to its owner, not followed: it may lead anywhere.
      redirect: "manual",
      signal: timeout,
    });
    const answer = await readBeginning(response);
    const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), deps.clock.now());
    return end(
      {
        kind: "response",
        status: response.status,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      },
      answer,
    );
  } catch (error) {
    if (timeout.aborted) return end({ kind: "timeout" });
    return end({ kind: "unreachable", reason: unreachableReason(error) });
  }
}

/** fetch() refuses credentials in an address; as a header they say the same. */
function withoutCredentials(text: string): { url: string; headers: Record<string, string> } {
  const url = new URL(text);
  const { username, password } = url;
  // A compressed answer could be a thousand times as long as what is read of it.
  const headers = { "accept-encoding": "identity" };
  if (username === "" && password === "") return { url: url.href, headers };
  url.username = "";
  url.password = "";
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    url: url.href,
    headers: { ...headers, authorization: `Basic ${encodeBase64(new TextEncoder().encode(pair))}` },
  };
}

/** Reads at most 16 KiB, then lets go of the connection. */
async function readBeginning(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = 0; bytes < MAX_ANSWER_BYTES;) {
    const { done, value } = await reader.read();
    if (done) return clean(text);
    bytes += value.byteLength;
    if (text.length < MAX_ANSWER_CHARACTERS) text += decoder.decode(value, { stream: true });
  }
  await reader.cancel().catch(() => undefined);
  return clean(text);
}

/** PostgreSQL's text has no NUL. */
const clean = (text: string) => text.replaceAll("\0", "").slice(0, MAX_ANSWER_CHARACTERS);
