import type { LinkedUser } from "../../db/users/linked-user.ts";
import type { WantedCallbacks } from "./link-path.ts";

/** Where the browser goes at the end; null: a page of ours says how it ended. */
export interface Callbacks {
  success: string | null;
  failure: string | null;
}

/** Both travel in the `state`, and a provider takes no address without end. */
const MAX_CALLBACK_LENGTH = 1_000;

/**
 * A callback is followed when the partner registered its origin, so that no link sends people
 * anywhere else; all others count as absent. An absent one is the partner's own.
 */
export function chooseCallbacks(
  wanted: WantedCallbacks,
  partner: Pick<LinkedUser["partner"], "allowedOrigins" | "successUrl" | "failureUrl">,
): Callbacks {
  const origins = partner.allowedOrigins.map(originOf);
  const isAllowed = (url: string) => {
    const origin = originOf(url);
    return url.length <= MAX_CALLBACK_LENGTH && origin !== undefined && origins.includes(origin);
  };
  const choose = (url: string | null, own: string | null) => {
    if (url !== null && isAllowed(url)) return url;
    return own !== null && originOf(own) !== undefined ? own : null;
  };
  return {
    success: choose(wanted.success, partner.successUrl),
    failure: choose(wanted.failure, partner.failureUrl),
  };
}

/**
 * Of an address that a browser may be sent to. Parsers of URLs pass over line breaks, and a header cannot hold them.
 */
function originOf(url: string): string | undefined {
  if (/\p{Cc}/u.test(url) || !URL.canParse(url)) return undefined;
  const { protocol, origin, username, password } = new URL(url);
  const isWeb = protocol === "https:" || protocol === "http:";
  return isWeb && username === "" && password === "" ? origin : undefined;
}

/** A success callback of an account that is saved, and whose login could not be tried yet. */
export function withPending(url: string): string {
  const target = new URL(url);
  target.searchParams.set("login", "pending");
  return target.href;
}

/** A failure callback that says why (RFC 6749, 4.1.2.1); what its query holds already stays. */
export function withError(url: string, error: string, description: string): string {
  const target = new URL(url);
  target.searchParams.set("error", error);
  target.searchParams.set("error_description", description);
  return target.href;
}
