import type { Options } from "../../parts/lists/choose-option.ts";
import type { ShownProvider } from "./provider-answer.ts";

export const SECURITIES: Options<ShownProvider["imap_security"]> = [
  ["tls", "TLS from the start"],
  ["starttls", "STARTTLS"],
  ["none", "none: passwords are sent unencrypted"],
];

/** The mechanisms for OAuth 2; OAuth 1.0a has its own. */
export const MECHANISMS: Options<"XOAUTH2" | "OAUTHBEARER"> = [
  ["XOAUTH2", "XOAUTH2: Google's and Microsoft's"],
  ["OAUTHBEARER", "OAUTHBEARER: the standard (RFC 7628)"],
];
