import type { ApiAnswer } from "../harness/api-caller.ts";

export interface AdminRequest {
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * A client of the admin API. Like the admin pages, it sends the session cookie and an `Origin`
 * header.
 */
export interface AdminBrowser {
  call(method: string, path: string, request?: AdminRequest): Promise<ApiAnswer>;
  signIn(email: string, more?: { password?: string; code?: string }): Promise<ApiAnswer>;
  /** The value of the `cookie` header. Empty if the server has set no cookie. */
  cookie: string;
}

/** @param usual The password that `signIn` uses if the call passes no other password. */
export function adminBrowser(url: string, usual: string, origin: string = url): AdminBrowser {
  const browser: AdminBrowser = {
    cookie: "",
    async call(method, path, { body, headers = {} } = {}) {
      const isText = typeof body === "string";
      const response = await fetch(`${url}/admin/api${path}`, {
        method,
        headers: {
          ...(browser.cookie !== "" && { cookie: browser.cookie }),
          ...(method !== "GET" && { origin }),
          "sec-fetch-site": "same-origin",
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
      });
      const [given] = response.headers.getSetCookie();
      if (given !== undefined) browser.cookie = /^[^=]+=[^;]+/.exec(given)?.[0] ?? "";
      const text = await response.text();
      const answer = { status: response.status, headers: response.headers, text };
      const hasJson = (response.headers.get("content-type") ?? "").includes("json");
      return { ...answer, body: hasJson ? JSON.parse(text) : undefined };
    },
    signIn: (email, { password = usual, code } = {}) =>
      browser.call("POST", "/session", { body: { email, password, ...(code && { code }) } }),
  };
  return browser;
}
