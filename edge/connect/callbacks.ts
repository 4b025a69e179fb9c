import type { LinkedUser } from "../../db/users/linked-user.ts";
import type { WantedCallbacks } from "./link-path.ts";

/**
 * The URLs to which we redirect the browser after an account was connected or disconnected, or
 * could not be connected. If a URL is null, our own page shows the result.
 */
export interface Callbacks {
  success: string | null;
  failure: string | null;
}

/**
 * The maximum length of a callback URL. The `state` parameter contains two of them, and providers
 * limit the length of a URL.
 */
const MAX_CALLBACK_LENGTH = 1_000;

/**
 * Chooses the callbacks. A callback from the link is used only if the partner registered its
 * origin. Otherwise a link could redirect people to any site. Without an allowed callback in the
 * link, the partner's default is used.
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
 * Returns the origin of a URL if we may redirect the browser to the URL; otherwise undefined. URLs
 * with control characters are refused: the URL parser would ignore a line break in the URL, but the
 * header `Location` of the redirect cannot contain a line break.
 */
function parseOrigin(url: string): string | undefined {
  if (/\p{Cc}/u.test(url) || !URL.canParse(url)) return undefined;
  const { protocol, origin, username, password } = new URL(url);
  const isWeb = protocol === "https:" || protocol === "http:";
  return isWeb && username === "" && password === "" ? origin : undefined;
}

/**
 * Adds `login=pending` to the success callback. Used when the account is saved but its login could
 * not be checked yet.
 */
export function withPending(url: string): string {
  const target = new URL(url);
  target.searchParams.set("login", "pending");
  return target.href;
}

/** What the failure callback gets to know. */
export interface CallbackError {
  /** A stable code. */
  error: string;
  /** The same in English, for developers. */
  description: string;
  /** Why the mail server refused the login: a code from shared/users/reasons.ts. */
  reason?: string | undefined;
}

/** Adds the error to the failure callback (RFC 6749, 4.1.2.1). Existing query parameters stay. */
export function withError(url: string, { error, description, reason }: CallbackError): string {
  const target = new URL(url);
  target.searchParams.set("error", error);
  target.searchParams.set("error_description", description);
  if (reason !== undefined) target.searchParams.set("reason", reason);
  return target.href;
}
