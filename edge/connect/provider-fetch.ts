import { boundedFetch, type BoundedRequest, UnreachableError } from "../bounded-fetch.ts";
import { ConnectFailure, judgeStatus } from "./failures.ts";

/**
 * Sends a request to a provider and reads the whole answer. Time and size are limited.
 *
 * @throws {ConnectFailure} when the provider is unreachable or temporarily unavailable.
 */
export async function providerFetch(url: string, request: BoundedRequest): Promise<Response> {
  const answer = await boundedFetch(url, request).catch((cause: unknown) => {
    if (!(cause instanceof UnreachableError)) throw cause;
    throw new ConnectFailure("temporarily_unavailable", cause.message, { cause });
  });
  if (judgeStatus(answer.status) === "temporarily_unavailable") {
    const { host } = new URL(url);
    throw new ConnectFailure("temporarily_unavailable", `${host} answered ${answer.status}`);
  }
  return answer;
}
