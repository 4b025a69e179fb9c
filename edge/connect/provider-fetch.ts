import { toErrorText } from "../../shared/errors.ts";
import { MAX_PROVIDER_ANSWER_BYTES, readBytes } from "../../shared/network/read-bytes.ts";
import { ConnectFailure, judgeStatus } from "./failures.ts";

const TIMEOUT_MS = 10_000;
/** Statuses without a body (Fetch, 2.2.3). */
const BODILESS = [204, 205, 304];

type ProviderRequest = Omit<RequestInit, "body"> & { body?: RequestInit["body"] | undefined };

/**
 * Sends a request to a provider and reads the whole answer. Time and size are limited.
 *
 * @throws {ConnectFailure} when the provider is unreachable or temporarily unavailable.
 */
export async function providerFetch(
  url: string,
  { body = null, ...init }: ProviderRequest,
): Promise<Response> {
  const { host } = new URL(url);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(url, { ...init, body, redirect: "manual", signal })
    .then(async (response) => ({
      bytes: await readBytes(response.body, MAX_PROVIDER_ANSWER_BYTES),
      status: response.status,
      contentType: response.headers.get("content-type") ?? "",
      challenge: response.headers.get("www-authenticate"),
    }))
    .catch((cause: unknown) => {
      const detail = `Cannot reach ${host}: ${toErrorText(cause)}`;
      throw new ConnectFailure("temporarily_unavailable", detail, { cause });
    });
  const { bytes, status } = answer;
  if (judgeStatus(status) === "temporarily_unavailable") {
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

/**
 * Whether the URL uses plain HTTP and its host is the local machine, which is allowed (RFC 8252,
 * 8.3). For other hosts, plain HTTP is not allowed.
 */
export function isLoopbackUrl(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
}
