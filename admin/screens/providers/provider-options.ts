import type { Options } from "../../parts/lists/chosen-of.ts";
import type { Provider } from "./provider-answer.ts";

export const SECURITIES: Options<Provider["imap_security"]> = [
  ["tls", "TLS from the start"],
  ["starttls", "STARTTLS"],
  ["none", "none: passwords are sent unencrypted"],
];

/** The mechanisms for OAuth 2; OAuth 1.0a has its own. */
export const MECHANISMS: Options<"XOAUTH2" | "OAUTHBEARER"> = [
  ["XOAUTH2", "XOAUTH2: Google's and Microsoft's"],
  ["OAUTHBEARER", "OAUTHBEARER: the standard (RFC 7628)"],
];
