import type { LinkedUser } from "../../db/users/linked-user.ts";
import type { WantedCallbacks } from "./link-path.ts";

/**
 * The URLs to which the browser is redirected at the end; null when our own page shows the result.
 */
export interface Callbacks {
  success: string | null;
  failure: string | null;
}

/**
 * The longest callback URL. Two of them are part of the `state`, and providers limit the length of
 * a URL.
 */
const MAX_CALLBACK_LENGTH = 1_000;

/**
 * Chooses the callbacks. A callback from the link is used only if the partner registered its
 * origin, so that links cannot redirect people to other sites. Otherwise the partner's default is
 * used.
 */
export function chooseCallbacks(
  wanted: WantedCallbacks,
  partner: Pick<LinkedUser["partner"], "allowedOrigins" | "successUrl" | "failureUrl">,
): Callbacks {
  const origins = partner.allowedOrigins.map(parseOrigin);
  const isAllowed = (url: string) => {
    const origin = parseOrigin(url);
    return url.length <= MAX_CALLBACK_LENGTH && origin !== undefined && origins.includes(origin);
  };
  const choose = (url: string | null, own: string | null) => {
    if (url !== null && isAllowed(url)) return url;
    return own !== null && parseOrigin(own) !== undefined ? own : null;
  };
  return {
    success: choose(wanted.success, partner.successUrl),
    failure: choose(wanted.failure, partner.failureUrl),
  };
}

/**
 * Returns the origin of a URL to which the browser may be redirected; undefined for any other URL.
 * Control characters are refused here: URL parsers skip line breaks, but a header cannot contain
 * them.
 */
function parseOrigin(url: string): string | undefined {
  if (/\p{Cc}/u.test(url) || !URL.canParse(url)) return undefined;
  const { protocol, origin, username, password } = new URL(url);
  const isWeb = protocol === "https:" || protocol === "http:";
  return isWeb && username === "" && password === "" ? origin : undefined;
}

/** Returns the success callback for a saved account whose login could not be tried yet. */
export function withPending(url: string): string {
  const target = new URL(url);
  target.searchParams.set("login", "pending");
  return target.href;
}

/** Returns the failure callback with the error (RFC 6749, 4.1.2.1); its existing query parameters stay. */
export function withError(url: string, error: string, description: string): string {
  const target = new URL(url);
  target.searchParams.set("error", error);
  target.searchParams.set("error_description", description);
  return target.href;
}
