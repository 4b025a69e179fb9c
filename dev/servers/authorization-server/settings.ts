import * as v from "valibot";

/** The scope for reading mail. */
export const MAIL_SCOPE = "https://mail.demo.test/";

/** The scopes that a client with OpenID Connect requests. */
export const SCOPES = `openid email offline_access ${MAIL_SCOPE}`;

/**
 * The path of the client's redirect URI. The host is 127.0.0.1 or localhost, with any port (RFC
 * 8252, 7.3).
 */
export const REDIRECT_PATH = "/oauth2/callback";
/** The redirect URI's path for the sign-in of admins. */
export const SSO_REDIRECT_PATH = "/admin/sso/callback";

const text = v.pipe(v.string(), v.nonEmpty());
export const oauthClient = v.strictObject({ id: text, secret: text });
export type OauthClient = v.InferOutput<typeof oauthClient>;

/** An RSA key, as a private JSON Web Key. */
export const signingKey = v.looseObject({ kty: v.literal("RSA") });

const account = v.strictObject({
  email: text,
  /** Null if the provider, like Microsoft, does not send this claim. */
  email_verified: v.nullable(v.boolean()),
  /** The sign-in name, if the provider sends it (OpenID Connect Core 1.0, 5.1). */
  preferred_username: v.optional(text),
  name: v.optional(text),
  groups: v.optional(v.array(text)),
  /** Whether only userinfo has the claims, as with some identity providers. */
  has_bare_id_token: v.optional(v.boolean()),
});

export const authorizationServerSettings = v.strictObject({
  /** The port to listen on; 0 for any free port. */
  port: v.pipe(v.number(), v.integer()),
  /** The client that gets tokens. */
  client: oauthClient,
  /** The client that mail servers use. It only introspects tokens. */
  introspection_client: oauthClient,
  signing_key: signingKey,
  cookie_key: text,
  accounts: v.array(account),
  /**
   * The file that keeps grants and tokens over a restart. Undefined means that they are kept only
   * in memory.
   */
  store_file: v.optional(text),
});

export type AuthorizationServerSettings = v.InferOutput<typeof authorizationServerSettings>;
export type OauthAccount = v.InferOutput<typeof account>;
