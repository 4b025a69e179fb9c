/** What stands in the address that was followed. */
export interface LinkPath {
  token: string;
  /** As they were sent: nobody has looked at them yet. */
  callbacks: WantedCallbacks;
}

export interface WantedCallbacks {
  success: string | null;
  failure: string | null;
}

/**
 * Reads `/connect/<token>?success=…&failure=…`, and `/connect/<token>&success=…&failure=…` too, which
 * clients of SuperIMAP send: its links had a query of their own.
 */
export function readLinkPath(url: string): LinkPath {
  const { pathname, search } = new URL(url);
  const [, , ...rest] = pathname.split("/");
  const [token = "", ...more] = rest.join("/").split("&");
  const query = new URLSearchParams([...more, search.slice(1)].join("&"));
  return { token, callbacks: { success: query.get("success"), failure: query.get("failure") } };
}
