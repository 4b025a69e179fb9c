/** A request of a partner. The body is sent as JSON, unless it is a string or a form. */
export interface ApiRequest {
  body?: unknown;
  headers?: Record<string, string>;
}

export interface ApiAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed JSON. Undefined if the answer is not JSON. */
  body: unknown;
}

export type ApiCaller = (method: string, path: string, request?: ApiRequest) => Promise<ApiAnswer>;

/** Returns a function that calls paths under /api/v1, with the API key if one is given. */
export function createApiCaller(url: string, apiKey?: string): ApiCaller {
  return async (method, path, { body, headers = {} } = {}) => {
    const isRaw = typeof body === "string" || body instanceof FormData;
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(apiKey !== undefined && { "x-api-key": apiKey }),
        ...(body !== undefined && !isRaw && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: isRaw ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "") && text !== "";
    const { status } = response;
    return { status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
  };
}
