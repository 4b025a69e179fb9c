import { Field } from "../../parts/forms/field.tsx";
import { LinesField } from "../../parts/forms/lines-field.tsx";
import { SelectField } from "../../parts/forms/select-field.tsx";
import { formatParameters } from "./parameters.ts";
import { MECHANISMS } from "./provider-options.ts";
import type { ProviderValues } from "./provider-values.ts";
import { UrlField } from "./url-field.tsx";

/** The form fields of a provider with OAuth 2 (RFC 6749) or OpenID Connect. */
export const OAuth2Fields = ({ values }: { values: ProviderValues }) => (
  <>
    <fieldset>
      <legend>Consent</legend>
      <UrlField
        name="oauth_authorize_url"
        label="Authorization endpoint"
        hint="Where the account owner gives consent."
        value={values.oauth_authorize_url}
        required
      />
      <UrlField
        name="oauth_token_url"
        label="Token endpoint"
        hint="Issues access tokens."
        value={values.oauth_token_url}
        required
      />
      <UrlField
        name="oauth_revoke_url"
        label="Revocation endpoint"
        hint="Called when a person disconnects. Leave blank if the provider has none."
        value={values.oauth_revoke_url}
      />
      <Field
        name="oauth_scopes"
        label="Scopes"
        hint="Separated by spaces. Must cover the e-mail address, reading mail and, where it is a scope, a refresh token."
        value={values.oauth_scopes ?? ""}
        autocomplete="off"
        required
      />
      <Field
        name="oauth_mail_scope"
        label="Scope for reading mail"
        hint="Consent without this scope is refused. Blank: any consent is accepted."
        value={values.oauth_mail_scope ?? ""}
        autocomplete="off"
      />
      <LinesField
        name="oauth_authorize_params"
        label="More parameters"
        hint="Added to the authorization request. One name=value per line, such as access_type=offline."
        lines={formatParameters(values.oauth_authorize_params)}
      />
    </fieldset>
    <fieldset>
      <legend>Account identity</legend>
      <p class="muted">
        {" "}
        To find the account's e-mail address, set an issuer with its keys, a userinfo endpoint, or
        both.{" "}
      </p>
      <UrlField
        name="oauth_issuer"
        label="Issuer of ID tokens"
        hint="Exactly as in the tokens; {tenantid} stands for the token's tenant."
        value={values.oauth_issuer}
      />
      <UrlField
        name="oauth_jwks_url"
        label="Keys of the issuer"
        hint="The JSON Web Key Set that verifies ID tokens."
        value={values.oauth_jwks_url}
      />
      <UrlField
        name="oauth_userinfo_url"
        label="Userinfo endpoint"
        hint="Returns the e-mail address when there is no ID token."
        value={values.oauth_userinfo_url}
      />
    </fieldset>
    <fieldset>
      <legend>Login</legend>
      <SelectField
        name="sasl_mechanism"
        label="SASL mechanism"
        hint="How the access token is sent to the mail server."
        options={MECHANISMS}
        value={values.sasl_mechanism ?? "XOAUTH2"}
      />
      <Field
        name="oauth_idle_days"
        label="Refresh token lifetime (days)"
        hint="The provider expires refresh tokens that are unused for this long; SuperIMAP uses them earlier. Blank: they do not expire."
        value={values.oauth_idle_days === null ? "" : String(values.oauth_idle_days)}
        inputmode="numeric"
        autocomplete="off"
      />
    </fieldset>
  </>
);
