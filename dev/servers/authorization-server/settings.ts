import * as v from "valibot";

/** The scope that stands for reading mail. */
export const MAIL_SCOPE = "https://mail.demo.test/";

/** What a client that speaks OpenID Connect asks for. */
export const SCOPES = `openid email offline_access ${MAIL_SCOPE}`;

/** Of the client's redirect URI; its host is 127.0.0.1 and its port any (RFC 8252, 7.3). */
export const REDIRECT_PATH = "/oauth2/callback";

const text = v.pipe(v.string(), v.nonEmpty());
export const oauthClient = v.strictObject({ id: text, secret: text });
export type OauthClient = v.InferOutput<typeof oauthClient>;

/** RSA, as a private JSON Web Key. */
export const signingKey = v.looseObject({ kty: v.literal("RSA") });

const account = v.strictObject({
  email: text,
  /** Null: nothing is said of it, as by Microsoft. */
  email_verified: v.nullable(v.boolean()),
  /** The sign-in name, where the provider gives it (OpenID Connect Core 1.0, 5.1). */
  preferred_username: v.optional(text),
});

export const authorizationServerSettings = v.strictObject({
  /** 0 for any free one. */
  port: v.pipe(v.number(), v.integer()),
  /** Whom tokens are issued to. */
  client: oauthClient,
  /** Of mail servers, which only ask what a token is worth. */
  introspection_client: oauthClient,
  signing_key: signingKey,
  cookie_key: text,
  accounts: v.array(account),
  /** Where grants and tokens survive a restart. */
  store_file: v.optional(text),
});

export type AuthorizationServerSettings = v.InferOutput<typeof authorizationServerSettings>;
export type OauthAccount = v.InferOutput<typeof account>;
