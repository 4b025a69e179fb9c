import { toErrorText } from "../shared/errors.ts";
import { MAX_PROVIDER_ANSWER_BYTES, readBytes } from "../shared/network/read-bytes.ts";

const TIMEOUT_MS = 10_000;
/** Statuses without a body (Fetch, 2.2.3). */
const BODILESS = [204, 205, 304];

export type BoundedRequest = Omit<RequestInit, "body"> & { body?: RequestInit["body"] | undefined };

/** Thrown when a host does not answer in time, or its answer is too large. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/**
 * Sends a request to a provider and reads the whole answer. Time and size are limited, and a
 * redirect is not followed.
 *
 * @throws {UnreachableError} when there is no whole answer.
 */
export async function boundedFetch(
  url: string,
  { body = null, ...init }: BoundedRequest,
): Promise<Response> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(url, { ...init, body, redirect: "manual", signal })
    .then(async (response) => ({
      bytes: await readBytes(response.body, MAX_PROVIDER_ANSWER_BYTES),
      status: response.status,
      contentType: response.headers.get("content-type") ?? "",
      challenge: response.headers.get("www-authenticate"),
    }))
    .catch((cause: unknown) => {
      const { host } = new URL(url);
      throw new UnreachableError(`Cannot reach ${host}: ${toErrorText(cause)}`, { cause });
    });
  const { bytes, status } = answer;
  return new Response(BODILESS.includes(status) ? null : bytes, {
    status,
    headers: {
      "content-type": answer.contentType,
      ...(answer.challenge !== null && { "www-authenticate": answer.challenge }),
    },
  });
}

const TOO_MANY_REQUESTS = 429;

/** Whether a status says that the provider may answer otherwise later. */
export const isTemporary = (status: number): boolean =>
  status >= 500 || status === TOO_MANY_REQUESTS;

/**
 * Whether the URL uses plain HTTP and its host is the local machine, which is allowed (RFC 8252,
 * 8.3). For other hosts, plain HTTP is not allowed.
 */
export function isLoopbackUrl(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
}
