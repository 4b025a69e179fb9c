export interface SeedAnswer {
  status: number;
  body: unknown;
}

/**
 * Calls the API. Resolves for successful responses, 404 and 409. Rejects for all other responses.
 */
export type CallApi = (
  method: string,
  path: string,
  body?: Record<string, unknown>,
) => Promise<SeedAnswer>;

/** Returns a client that calls the API as a partner does. */
export function partnerApi(edge: string, apiKey: string): CallApi {
  return async (method, path, body) => {
    const response = await fetch(`${edge}/api/v1${path}`, {
      method,
      headers: { "x-api-key": apiKey, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const { ok, status } = response;
    const text = await response.text();
    if (ok || status === 404 || status === 409) return { status, body: JSON.parse(text) };
    throw new Error(`Cannot call the API: ${method} ${path} returned ${status} ${text}`);
  };
}
