import * as v from "valibot";
import { IMAP_SECURITIES, PROVIDER_KINDS, SASL_MECHANISMS } from "../../../db/partners/tables.ts";
import { clearable, line } from "../../text.ts";
import { imapHost } from "../../users/imap-host.ts";

const integer = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
};

const truth = v.boolean("must be true or false");
const text = (max: number) => v.exactOptional(clearable(line(max)));

/**
 * Whether the text is a URL that an OAuth endpoint may have. Plain HTTP is allowed only if the host
 * is the local machine (RFC 8252, 7.3).
 */
const isEndpoint = (value: string) => {
  const url = URL.parse(value);
  const isLoopback = url !== null && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback);
  return isSafe && url.username === "" && url.password === "" && url.hash === "";
};
const endpoint = v.exactOptional(
  clearable(
    v.pipe(
      line(1_000),
      v.check(isEndpoint, "must be an address that begins with https://, without a user name"),
    ),
  ),
);

/** Additional parameters of an authorization request. */
const parameters = v.pipe(
  v.record(line(100), line(500), "must be an object whose values are strings"),
  v.check((given) => Object.keys(given).length <= 20, "must be at most 20 parameters"),
);

const fields = {
  title: line(100),
  imap_host: imapHost,
  imap_port: integer(1, 65_535),
  imap_security: v.picklist(IMAP_SECURITIES, `must be one of ${IMAP_SECURITIES.join(", ")}`),
};

const optionalFields = {
  enabled: v.exactOptional(truth),
  disabled_reason: text(500),
  smtp_host: v.exactOptional(clearable(imapHost)),
  smtp_port: v.exactOptional(v.nullable(integer(1, 65_535))),
  smtp_starttls: v.exactOptional(truth),
  idle_minutes: v.exactOptional(integer(1, 29)),
  login_rate: v.exactOptional(v.nullable(integer(1, 10_000))),
  own_host: v.exactOptional(truth),
  login_help: text(500),
  login_help_url: endpoint,
  sasl_mechanism: v.exactOptional(
    v.nullable(v.picklist(SASL_MECHANISMS, `must be one of ${SASL_MECHANISMS.join(", ")}`)),
  ),
  oauth_authorize_url: endpoint,
  oauth_token_url: endpoint,
  oauth_revoke_url: endpoint,
  oauth_request_token_url: endpoint,
  oauth_scopes: text(1_000),
  oauth_mail_scope: text(300),
  oauth_issuer: endpoint,
  oauth_jwks_url: endpoint,
  oauth_userinfo_url: endpoint,
  oauth_authorize_params: v.exactOptional(parameters),
  oauth_idle_days: v.exactOptional(v.nullable(integer(1, 3_650))),
};

/**
 * The body of the request that creates a provider. Its code and its kind cannot be changed later:
 * the code is part of URLs that partners use, and the kind determines which credentials the users
 * have.
 */
export const newProvider = v.strictObject({
  code: v.pipe(
    line(64),
    v.regex(
      /^[A-Z][A-Z0-9_]*$/,
      "must consist of capital letters, digits and underscores, and begin with a letter",
    ),
  ),
  kind: v.picklist(PROVIDER_KINDS, `must be one of ${PROVIDER_KINDS.join(", ")}`),
  ...fields,
  ...optionalFields,
});
export type NewProviderFields = v.InferOutput<typeof newProvider>;

export const changedProvider = v.strictObject({
  title: v.exactOptional(fields.title),
  imap_host: v.exactOptional(fields.imap_host),
  imap_port: v.exactOptional(fields.imap_port),
  imap_security: v.exactOptional(fields.imap_security),
  ...optionalFields,
});
export type ChangedProviderFields = v.InferOutput<typeof changedProvider>;
