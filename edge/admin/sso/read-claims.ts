import * as v from "valibot";
import type { OidcAccount } from "../../../db/admin/admin-users.ts";
import { adminName, email } from "../admin-fields.ts";
import type { SsoIdentity } from "./judge-identity.ts";

/** Claims of an ID token or of userinfo (OpenID Connect Core, 5.1). */
export type Claims = Readonly<Record<string, unknown>>;

/** Returns what the claims say about a person. What is not usable counts as absent. */
export function readClaims(
  account: OidcAccount,
  claims: Claims,
  roleClaim: string | undefined,
): SsoIdentity {
  const names = [claims["name"], claims["preferred_username"]];
  return {
    account,
    email: readAs(email, claims["email"]),
    isEmailVerified: isTrue(claims["email_verified"]),
    name: names.map((name) => readAs(adminName, name)).find((name) => name !== undefined),
    roleValues: roleClaim === undefined ? [] : toTexts(findClaim(claims, roleClaim)),
  };
}

/** Whether the claims lack something that userinfo may have. */
export const lacksClaims = (claims: Claims, roleClaim: string | undefined): boolean =>
  claims["email"] === undefined ||
  (roleClaim !== undefined && findClaim(claims, roleClaim) === undefined);

/**
 * Finds a claim by its name, or by a path with dots. The name comes first: names that are URLs, as
 * some providers require, contain dots.
 */
function findClaim(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split(".")) {
    if (!isObject(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

const isObject = (value: unknown): value is Claims => typeof value === "object" && value !== null;

const toTexts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");

/** Some providers send a text instead of a boolean. Undefined when the claim is absent. */
const isTrue = (value: unknown): boolean | undefined =>
  value === undefined || value === null ? undefined : value === true || value === "true";

function readAs<const S extends v.GenericSchema<unknown, string>>(schema: S, value: unknown) {
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : undefined;
}
