import type { ProviderKind } from "../../../db/partners/providers.ts";
import type { FieldError } from "../../../shared/errors.ts";
import {
  type ProviderSettings,
  showProviderSettings,
  type ShownProviderSettings,
} from "./provider-settings.ts";

const OAUTH = ["oauth_authorize_url", "oauth_token_url", "sasl_mechanism"] as const;
const NEEDED: Readonly<Record<ProviderKind, readonly (keyof ShownProviderSettings)[]>> = {
  plain: [],
  oauth2: [...OAUTH, "oauth_scopes"],
  oauth1: [...OAUTH, "oauth_request_token_url"],
};
const OWN: Readonly<Record<ProviderKind, readonly (keyof ShownProviderSettings)[]>> = {
  plain: ["own_host", "login_help", "login_help_url"],
  oauth2: [
    ...NEEDED.oauth2,
    ...(["oauth_revoke_url", "oauth_mail_scope", "oauth_issuer", "oauth_jwks_url"] as const),
    ...(["oauth_userinfo_url", "oauth_authorize_params", "oauth_idle_days"] as const),
  ],
  oauth1: [...NEEDED.oauth1, "oauth_scopes"],
};

/** Checks the settings of a provider of this kind. Returns one fault for each wrong field. */
export function providerFaults(kind: ProviderKind, settings: ProviderSettings): FieldError[] {
  const shown = showProviderSettings(settings);
  const misfits = Object.values(OWN)
    .flat()
    .filter((name) => !OWN[kind].includes(name) && isSet(shown[name]));
  const missing = NEEDED[kind].filter((name) => !isSet(shown[name]));
  return [
    ...[...new Set(misfits)].map((name) => fault(name, `is not allowed for the kind ${kind}`)),
    ...missing.map((name) => fault(name, `is missing: the kind ${kind} needs it`)),
    ...(kind === "oauth2" ? identityFaults(shown) : []),
    ...mechanismFaults(kind, shown),
  ];
}

const isSet = (value: ShownProviderSettings[keyof ShownProviderSettings]) =>
  typeof value === "object" && value !== null
    ? Object.keys(value).length > 0
    : value !== null && value !== false;

/**
 * Checks that the provider identifies the account that granted access: with ID tokens (issuer and
 * JWKS URL) or with a userinfo endpoint. Returns a fault for the missing setting.
 */
function identityFaults({
  oauth_issuer,
  oauth_jwks_url,
  oauth_userinfo_url,
}: ShownProviderSettings): FieldError[] {
  if (oauth_issuer !== null && oauth_jwks_url === null) {
    return [fault("oauth_jwks_url", "is missing: it is needed to verify the issuer's ID tokens")];
  }
  if (oauth_issuer === null && oauth_jwks_url !== null) {
    return [fault("oauth_issuer", "is missing: ID tokens are checked against it")];
  }
  return oauth_issuer === null && oauth_userinfo_url === null
    ? [
        fault(
          "oauth_userinfo_url",
          "is missing: without an issuer it is needed to identify the account",
        ),
      ]
    : [];
}

/**
 * Returns a fault if the SASL mechanism does not fit the kind of provider. XOAUTH is for OAuth
 * 1.0a, the other mechanisms are for OAuth 2.
 */
function mechanismFaults(
  kind: ProviderKind,
  { sasl_mechanism }: ShownProviderSettings,
): FieldError[] {
  if (kind === "plain" || sasl_mechanism === null) return [];
  if ((kind === "oauth1") === (sasl_mechanism === "XOAUTH")) return [];
  const wanted = kind === "oauth1" ? "XOAUTH" : "XOAUTH2 or OAUTHBEARER";
  return [fault("sasl_mechanism", `must be ${wanted} for the kind ${kind}`)];
}

const fault = (name: keyof ShownProviderSettings, detail: string): FieldError => ({
  pointer: `/${name}`,
  detail,
});
