import { Field } from "../../parts/forms/field.tsx";
import { LinesField } from "../../parts/forms/lines-field.tsx";
import { SelectField } from "../../parts/forms/select-field.tsx";
import { linesOfParameters } from "./parameters.ts";
import { MECHANISMS } from "./provider-options.ts";
import type { ProviderValues } from "./provider-values.ts";
import { UrlField } from "./url-field.tsx";

/** The fields of a provider whose users consent in a browser (RFC 6749, OpenID Connect). */
export const OAuth2Fields = ({ values }: { values: ProviderValues }) => (
  <>
    <fieldset>
      <legend>Consent</legend>
      <UrlField
        name="oauth_authorize_url"
        label="Authorization endpoint"
        hint="Where a person is sent to consent."
        value={values.oauth_authorize_url}
        required
      />
      <UrlField
        name="oauth_token_url"
        label="Token endpoint"
        hint="Where access tokens come from."
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
        hint="What is asked for, separated by spaces: the address, reading mail, and a refresh token where it is a scope."
        value={values.oauth_scopes ?? ""}
        autocomplete="off"
        required
      />
      <Field
        name="oauth_mail_scope"
        label="Scope of reading mail"
        hint="Consent without it is refused. Blank: any consent is taken."
        value={values.oauth_mail_scope ?? ""}
        autocomplete="off"
      />
      <LinesField
        name="oauth_authorize_params"
        label="More parameters"
        hint="Of the authorization request, one name=value a line, such as access_type=offline."
        lines={linesOfParameters(values.oauth_authorize_params)}
      />
    </fieldset>
    <fieldset>
      <legend>Whose account it is</legend>
      <p class="muted">An issuer with its keys, or a userinfo endpoint, or both.</p>
      <UrlField
        name="oauth_issuer"
        label="Issuer of ID tokens"
        hint="As its tokens name it; {tenantid} stands for the tenant of a token."
        value={values.oauth_issuer}
      />
      <UrlField
        name="oauth_jwks_url"
        label="Keys of the issuer"
        hint="Its JSON Web Key Set, which ID tokens are verified with."
        value={values.oauth_jwks_url}
      />
      <UrlField
        name="oauth_userinfo_url"
        label="Userinfo endpoint"
        hint="Asked for the address where there is no ID token."
        value={values.oauth_userinfo_url}
      />
    </fieldset>
    <fieldset>
      <legend>Login</legend>
      <SelectField
        name="sasl_mechanism"
        label="SASL mechanism"
        hint="How the access token is given to the mail server."
        options={MECHANISMS}
        value={values.sasl_mechanism ?? "XOAUTH2"}
      />
      <Field
        name="oauth_idle_days"
        label="Days until a token is forgotten"
        hint="A refresh token that nobody uses for so long ends; ours are used before. Blank: they never end."
        value={values.oauth_idle_days === null ? "" : String(values.oauth_idle_days)}
        inputmode="numeric"
        autocomplete="off"
      />
    </fieldset>
  </>
);
