import type { ServerFacts } from "../sessions/session.ts";
import type { Oauth2Mechanism } from "./token-options.ts";

export type Mechanism = "PLAIN" | "XOAUTH" | Oauth2Mechanism;

const OAUTH2_MECHANISMS: readonly Oauth2Mechanism[] = ["XOAUTH2", "OAUTHBEARER"];

/** Returns the mechanisms that the server offers. */
export function listMechanisms({ oauth1, oauth2 }: Pick<ServerFacts, "oauth1" | "oauth2">) {
  const offered: Mechanism[] = ["PLAIN"];
  if (oauth1) offered.push("XOAUTH");
  if (oauth2) offered.push(...(oauth2.mechanisms ?? OAUTH2_MECHANISMS));
  return offered;
}
