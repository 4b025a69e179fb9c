import { formPairs } from "../../shared/network/form-pairs.ts";

/** The parts of the URL of a connect link. */
export interface LinkPath {
  token: string;
  /** The callbacks as they were sent; they are not checked yet. */
  callbacks: WantedCallbacks;
}

export interface WantedCallbacks {
  success: string | null;
  failure: string | null;
}

/**
 * Reads `/connect/<token>?success=…&failure=…`, and also `/connect/<token>&success=…&failure=…`,
 * which clients of SuperIMAP send because its links had a query already. A callback whose
 * percent-encoding is not UTF-8 counts as absent.
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
