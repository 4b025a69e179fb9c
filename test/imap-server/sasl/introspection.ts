import * as v from "valibot";
import type { TokenWorth } from "./token-options.ts";

export interface IntrospectionOptions {
  introspectUrl: string;
  client: { id: string; secret: string };
  /** The scope that a token needs for reading mail. */
  mailScope: string;
}

const TIMEOUT_MS = 5_000;

const answer = v.object({
  active: v.boolean(),
  scope: v.optional(v.string(), ""),
  email: v.optional(v.string()),
  exp: v.optional(v.number()),
});

/** Returns a function that checks access tokens at their authorization server (RFC 7662). */
export function introspection({ introspectUrl, client, mailScope }: IntrospectionOptions) {
  const authorization = `Basic ${btoa(`${client.id}:${client.secret}`)}`;
  return async (login: string, accessToken: string): Promise<TokenWorth | null> => {
    const response = await fetch(introspectUrl, {
      method: "POST",
      headers: { authorization },
      body: new URLSearchParams({ token: accessToken }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`Cannot introspect: the answer was ${response.status}`);
    const { active, scope, email, exp } = v.parse(answer, await response.json());
    if (!active || email !== login || !scope.split(" ").includes(mailScope)) return null;
    return { expiresAtMs: exp === undefined ? null : exp * 1_000 };
  };
}
