import * as v from "valibot";
import { ADMIN_ROLES, type AdminRole } from "../shared/admin-roles.ts";
import { address, flag } from "../shared/env.ts";
import { isLoopbackUrl } from "./bounded-fetch.ts";

const text = v.pipe(v.string(), v.trim(), v.nonEmpty());
const role = v.picklist(ADMIN_ROLES);

/** Reads `value=role,value=role`. A value may contain `=`. */
const roleMap = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const roles = new Map<string, AdminRole>();
    for (const pair of dataset.value.split(",")) {
      const end = pair.lastIndexOf("=");
      const value = pair.slice(0, Math.max(0, end)).trim();
      const named = v.safeParse(role, pair.slice(end + 1).trim());
      if (value === "" || !named.success) {
        addIssue({
          message: `must be value=role,value=role, where role is one of ${ADMIN_ROLES.join(", ")}`,
        });
        return NEVER;
      }
      roles.set(value, named.output);
    }
    return roles;
  }),
);

/** The settings of single sign-on (OpenID Connect) for the admin pages. */
export const ssoEntries = {
  /** The issuer of the identity provider. Turns single sign-on on. */
  ADMIN_OIDC_ISSUER: v.optional(
    v.pipe(
      address("https:", "http:"),
      v.check((url) => url.startsWith("https:") || isLoopbackUrl(url), "must begin with https://"),
    ),
  ),
  ADMIN_OIDC_CLIENT_ID: v.optional(text),
  /** Without it the client is public, and only PKCE protects it. */
  ADMIN_OIDC_CLIENT_SECRET: v.optional(text),
  /** The provider's name on the button: "Sign in with …". */
  ADMIN_OIDC_NAME: v.optional(v.pipe(text, v.maxLength(60)), "single sign-on"),
  ADMIN_OIDC_SCOPES: v.optional(
    v.pipe(
      text,
      v.check((scopes) => scopes.split(" ").includes("openid"), "must contain openid"),
    ),
    "openid email profile",
  ),
  /** The claim that has the role, or a path to it such as `realm_access.roles`. */
  ADMIN_OIDC_ROLE_CLAIM: v.optional(text),
  /** The role for each value of the claim. Without it, the values are the roles themselves. */
  ADMIN_OIDC_ROLES: v.optional(roleMap),
  /** For a provider that never says whether an address is verified. */
  ADMIN_OIDC_TRUST_EMAIL: v.optional(flag, "false"),
  /** Turns off the sign-in with a password or a passkey. */
  ADMIN_OIDC_ONLY: v.optional(flag, "false"),
};

type Parsed = v.InferOutput<v.ObjectSchema<typeof ssoEntries, undefined>>;

/** Returns a check of the settings: some of them need others. */
export const ssoRules = <Settings extends Parsed>() =>
  v.rawCheck<Settings>(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues) return;
    const { value } = dataset;
    const need = (key: keyof Parsed) => {
      if (value[key] !== undefined) return;
      const path = {
        type: "unknown",
        origin: "value",
        input: value,
        key,
        value: undefined,
      } as const;
      addIssue({ message: "is missing", path: [path] });
    };
    if (value.ADMIN_OIDC_ISSUER !== undefined) need("ADMIN_OIDC_CLIENT_ID");
    if (value.ADMIN_OIDC_CLIENT_ID !== undefined || value.ADMIN_OIDC_ONLY) {
      need("ADMIN_OIDC_ISSUER");
    }
    if (value.ADMIN_OIDC_ROLES !== undefined) need("ADMIN_OIDC_ROLE_CLAIM");
  });

/** How admins sign in with an identity provider. */
export interface SsoSettings {
  issuer: string;
  clientId: string;
  clientSecret: string | undefined;
  name: string;
  scopes: string;
  /** Where the role comes from; undefined when admins get their roles on the admin pages. */
  roleSource: { claim: string; roles: ReadonlyMap<string, AdminRole> } | undefined;
  trustsEmail: boolean;
  /** Whether there is no other way to sign in. */
  isOnly: boolean;
}

const OWN_NAMES: ReadonlyMap<string, AdminRole> = new Map(ADMIN_ROLES.map((name) => [name, name]));

/** Returns undefined when single sign-on is not set up. */
export function toSsoSettings(parsed: Parsed): SsoSettings | undefined {
  const { ADMIN_OIDC_ISSUER: issuer, ADMIN_OIDC_CLIENT_ID: clientId } = parsed;
  if (issuer === undefined || clientId === undefined) return undefined;
  const { ADMIN_OIDC_ROLE_CLAIM: claim, ADMIN_OIDC_ROLES: roles = OWN_NAMES } = parsed;
  return {
    issuer,
    clientId,
    clientSecret: parsed.ADMIN_OIDC_CLIENT_SECRET,
    name: parsed.ADMIN_OIDC_NAME,
    scopes: parsed.ADMIN_OIDC_SCOPES,
    roleSource: claim === undefined ? undefined : { claim, roles },
    trustsEmail: parsed.ADMIN_OIDC_TRUST_EMAIL,
    isOnly: parsed.ADMIN_OIDC_ONLY,
  };
}
