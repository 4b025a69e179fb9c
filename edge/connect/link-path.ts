import { formPairs } from "../../shared/network/form-pairs.ts";

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
 * clients of SuperIMAP send: its links had a query of their own. A callback whose percent-encoding is no UTF-8 is absent.
 */
export function readLinkPath(url: string): LinkPath {
  const { pathname, search } = new URL(url);
  const [, , ...rest] = pathname.split("/");
  const [token = "", ...more] = rest.join("/").split("&");
  const parameters = [...more, ...search.slice(1).split("&")].flatMap(
    (pair) => formPairs(pair) ?? [],
  );
  const first = (wanted: string) => parameters.find(([name]) => name === wanted)?.[1] ?? null;
  return { token, callbacks: { success: first("success"), failure: first("failure") } };
}
