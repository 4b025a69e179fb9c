import { type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";

export interface Visit {
  status: number;
  headers: IncomingHttpHeaders;
  /** The address that the answer redirects to. Empty if the answer is not a redirect. */
  location: string;
  text: string;
}

export interface Browser {
  open(url: string): Promise<Visit>;
  /**
   * Submits a form. By default, the headers are those of a form on the same site. `headers`
   * replaces some of them.
   */
  submit(
    url: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Visit>;
}

/**
 * Creates an HTTP client that navigates like a browser and has its own cookies. It does not follow
 * redirects, except to the page that shows the progress of a login.
 */
export function newBrowser(): Browser {
  const cookies = new Map<string, string>();

  async function visit(
    url: string,
    { method, body, headers = {} }: { method: string; body: string; headers?: object },
  ): Promise<Visit> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const { promise, resolve, reject } =
      Promise.withResolvers<Parameters<NonNullable<Parameters<typeof request>[2]>>[0]>();
    const sent = request(
      url,
      {
        method,
        agent: false,
        headers: { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", cookie, ...headers },
      },
      resolve,
    );
    sent.on("error", reject);
    sent.end(body);
    const response = await promise;
    for (const line of response.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      location: response.headers.location ?? "",
      text: await text(response),
    };
  }

  /** Stays on the page that shows a login's progress until the login has ended. */
  async function settle(answer: Promise<Visit>, url: string): Promise<Visit> {
    const shown = await answer;
    const [, refresh] = /http-equiv="refresh" content="0;url=([^"]*)"/.exec(shown.text) ?? [];
    const next = refresh?.replaceAll("&amp;", "&") ?? shown.location;
    if (!/[?&]try=cmd_/.test(next)) return shown;
    const target = new URL(next, url).href;
    return settle(visit(target, { method: "GET", body: "" }), target);
  }

  return {
    open: (url) => settle(visit(url, { method: "GET", body: "" }), url),
    submit: (url, fields, headers = { "sec-fetch-site": "same-origin", origin: "null" }) =>
      settle(
        visit(url, {
          method: "POST",
          body: new URLSearchParams(fields).toString(),
          headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
        }),
        url,
      ),
  };
}
