import type { Options } from "../../parts/lists/choose-option.ts";
import type { ShownProvider } from "./provider-answer.ts";

export const SECURITIES: Options<ShownProvider["imap_security"]> = [
  ["tls", "TLS from the start"],
  ["starttls", "STARTTLS"],
  ["none", "none: passwords are sent unencrypted"],
];

/** The SASL mechanisms for OAuth 2. Providers with OAuth 1.0a always use XOAUTH. */
export const MECHANISMS: Options<"XOAUTH2" | "OAUTHBEARER"> = [
  ["XOAUTH2", "XOAUTH2: Google's and Microsoft's"],
  ["OAUTHBEARER", "OAUTHBEARER: the standard (RFC 7628)"],
];
