import { formPairs } from "../../shared/network/form-pairs.ts";

/** The parts of the URL of a link to connect or disconnect an account. */
export interface LinkPath {
  token: string;
  /** The callback URLs of the partner that the link's URL contains. They are not checked yet. */
  callbacks: WantedCallbacks;
  /** The parameter `lang`: the language of the pages. Null when there is none. */
  language: string | null;
}

export interface WantedCallbacks {
  success: string | null;
  failure: string | null;
}

/**
 * Reads `/connect/<token>?success=…&failure=…&lang=…`.
 *
 * Also reads `/connect/<token>&success=…&failure=…`. Clients of the old SuperIMAP
 * (docs/superimap.md) build such URLs: they append `&success=…`, because the links of the old
 * SuperIMAP already had a query. A callback URL whose percent-encoding is not UTF-8 is ignored.
 */
export function readLinkPath(url: string): LinkPath {
  const { pathname, search } = new URL(url);
  const [, , ...rest] = pathname.split("/");
  const [token = "", ...more] = rest.join("/").split("&");
  const parameters = [...more, ...search.slice(1).split("&")].flatMap(
    (pair) => formPairs(pair) ?? [],
  );
  const first = (wanted: string) => parameters.find(([name]) => name === wanted)?.[1] ?? null;
  return {
    token,
    callbacks: { success: first("success"), failure: first("failure") },
    language: first("lang"),
  };
}
