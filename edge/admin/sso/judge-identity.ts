import type { Admin, OidcAccount } from "../../../db/admin/admin-users.ts";
import { type AdminRole, hasRole } from "../../../shared/admin-roles.ts";
import type { SsoFailureCode } from "./sso-failure.ts";
import type { SsoSettings } from "../../sso-settings.ts";

/** What the identity provider says about a person. */
export interface SsoIdentity {
  account: OidcAccount;
  /** Undefined when there is none, or it is not an e-mail address. */
  email: string | undefined;
  /** Whether the address is the person's; undefined when the provider does not say. */
  isEmailVerified: boolean | undefined;
  name: string | undefined;
  /** The values of the claim with the role. */
  roleValues: readonly string[];
}

/** The admins whom the identity could be. */
export interface Candidates {
  linked: Admin | undefined;
  sameEmail: Admin | undefined;
}

export type SsoVerdict =
  | { kind: "refused"; code: SsoFailureCode }
  /** `role`: the admin's new role; undefined when the role stays. */
  | { kind: "sign-in"; admin: Admin; mustLink: boolean; role: AdminRole | undefined }
  | { kind: "create"; email: string; name: string; role: AdminRole };

/**
 * Decides who signs in. A link (issuer and subject) counts before the address, because an address
 * can pass to another person. An address counts only when it is verified.
 *
 * | role claim | linked | admin with the address | outcome                                    |
 * | ---------- | ------ | ---------------------- | ------------------------------------------ |
 * | no value   |        |                        | refused                                    |
 * | any        | yes    |                        | signs in                                   |
 * | any        | no     | not linked here        | linked, signs in                           |
 * | any        | no     | linked here            | refused: another account is linked         |
 * | has a role | no     | none                   | created, signs in                          |
 * | not set    | no     | none                   | refused: an owner must add the admin first |
 */
export function judgeIdentity(
  identity: SsoIdentity,
  { linked, sameEmail }: Candidates,
  sso: Pick<SsoSettings, "roleSource" | "trustsEmail">,
): SsoVerdict {
  const { account, email, isEmailVerified } = identity;
  const role = sso.roleSource && findHighestRole(identity.roleValues, sso.roleSource.roles);
  if (sso.roleSource && role === undefined) return refuse("no_role");
  const signIn = (admin: Admin, mustLink: boolean): SsoVerdict => ({
    kind: "sign-in",
    admin,
    mustLink,
    role: role === admin.role ? undefined : role,
  });
  if (linked) return signIn(linked, false);
  if (email === undefined) return refuse("email_missing");
  if (!(isEmailVerified ?? sso.trustsEmail)) return refuse("email_unverified");
  if (sameEmail?.oidcIssuer === account.issuer) return refuse("linked_elsewhere");
  if (sameEmail) return signIn(sameEmail, true);
  if (role === undefined) return refuse("unknown_admin");
  return { kind: "create", email, name: identity.name ?? email, role };
}

const refuse = (code: SsoFailureCode): SsoVerdict => ({ kind: "refused", code });

function findHighestRole(
  values: readonly string[],
  roles: ReadonlyMap<string, AdminRole>,
): AdminRole | undefined {
  let highest: AdminRole | undefined;
  for (const value of values) {
    const role = roles.get(value);
    if (role !== undefined && (highest === undefined || hasRole(role, highest))) highest = role;
  }
  return highest;
}
