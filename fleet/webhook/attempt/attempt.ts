import type { Clock } from "../../../shared/clock.ts";
import type { Post } from "../../dialling/endpoint-client.ts";
import type { PostRequest } from "../../dialling/exchange.ts";
import type { ShownHeaders } from "../../../shared/network/logged-request.ts";
import { pickAnswerHeaders } from "./describe-exchange.ts";
import type { AttemptResult } from "./outcome.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { unreachableReason } from "./unreachable-reason.ts";

/** One POST and its answer. */
export interface PostResult {
  result: AttemptResult;
  durationMs: number;
  /** The beginning of the answer's body. Null if no answer arrived. */
  answer: string | null;
  /** The first headers of the answer, without secrets. Null if no answer arrived. */
  answerHeaders: ShownHeaders | null;
}

const MAX_ANSWER_CHARACTERS = 1_024;

const UNANSWERED = { answer: null, answerHeaders: null };

/**
 * Posts a webhook and reads the beginning of the answer. Never rejects: every failure is a result.
 * The rest of a long body is ignored. If the body does not arrive, the result is a timeout.
 *
 * @param timeoutMs The time limit from the DNS lookup to the end of the answer.
 */
export async function attempt(
  deps: { post: Post; clock: Clock },
  url: string,
  request: PostRequest,
  timeoutMs: number,
): Promise<PostResult> {
  const startMs = deps.clock.now();
  const end = (
    result: AttemptResult,
    { answer, answerHeaders }: Pick<PostResult, "answer" | "answerHeaders"> = UNANSWERED,
  ): PostResult => ({ result, durationMs: deps.clock.now() - startMs, answer, answerHeaders });
  // `AbortSignal.timeout()` would keep the request's body in memory until the deadline, even after
  // a quick attempt.
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    const { status, retryAfter, headers, body } = await deps.post(url, request, timeout.signal);
    const retryAfterMs = parseRetryAfter(retryAfter, deps.clock.now());
    return end(
      { kind: "response", status, ...(retryAfterMs !== undefined && { retryAfterMs }) },
      { answer: decodeAnswer(body), answerHeaders: pickAnswerHeaders(headers) },
    );
  } catch (error) {
    if (timeout.signal.aborted) return end({ kind: "timeout" });
    return end({ kind: "unreachable", reason: unreachableReason(error) });
  } finally {
    clearTimeout(timer);
  }
}

/** Decodes the beginning of an answer. Removes NUL, which PostgreSQL's text type does not allow. */
const decodeAnswer = (body: Uint8Array) =>
  new TextDecoder().decode(body).replaceAll("\0", "").slice(0, MAX_ANSWER_CHARACTERS);
