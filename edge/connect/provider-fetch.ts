import { messageOf } from "../../shared/errors.ts";
import { readBytes } from "../middleware/body.ts";
import { ConnectFailure, failureOfStatus } from "./failures.ts";

const TIMEOUT_MS = 10_000;
/** Tokens, key sets and addresses are all far smaller. */
const MAX_ANSWER_BYTES = 256 * 1_024;
/** Statuses that have no body (Fetch, 2.2.3). */
const BODILESS = [204, 205, 304];

type ProviderRequest = Omit<RequestInit, "body"> & { body?: RequestInit["body"] | undefined };

/**
 * Asks a provider in bounded time and reads its whole answer.
 *
 * @throws {ConnectFailure} when it cannot be reached, or says that it cannot answer now.
 */
export async function providerFetch(
  url: string,
  { body = null, ...init }: ProviderRequest,
): Promise<Response> {
  const { host } = new URL(url);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(url, { ...init, body, redirect: "manual", signal })
    .then(async (response) => ({
      bytes: await readBytes(response.body, MAX_ANSWER_BYTES),
      status: response.status,
      contentType: response.headers.get("content-type") ?? "",
      challenge: response.headers.get("www-authenticate"),
    }))
    .catch((cause: unknown) => {
      const detail = `Cannot reach ${host}: ${messageOf(cause)}`;
      throw new ConnectFailure("temporarily_unavailable", detail, { cause });
    });
  const { bytes, status } = answer;
  if (failureOfStatus(status) === "temporarily_unavailable") {
    throw new ConnectFailure("temporarily_unavailable", `${host} answered ${status}`);
  }
  return new Response(BODILESS.includes(status) ? null : bytes, {
    status,
    headers: {
      "content-type": answer.contentType,
      ...(answer.challenge !== null && { "www-authenticate": answer.challenge }),
    },
  });
}

/** Loopback needs no encryption (RFC 8252, 8.3); all else is HTTPS. */
export function isLoopback(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
}
