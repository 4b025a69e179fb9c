import { Field } from "../../parts/forms/field.tsx";
import type { ProviderValues } from "./provider-values.ts";
import { UrlField } from "./url-field.tsx";

/** The form fields of a provider with OAuth 1.0a (RFC 5849, 2). */
export const OAuth1Fields = ({ values }: { values: ProviderValues }) => (
  <fieldset>
    <legend>Consent</legend>
    <UrlField
      name="oauth_request_token_url"
      label="Request token endpoint"
      hint="Issues temporary credentials."
      value={values.oauth_request_token_url}
      required
    />
    <UrlField
      name="oauth_authorize_url"
      label="Authorization endpoint"
      hint="Where the account owner gives consent."
      value={values.oauth_authorize_url}
      required
    />
    <UrlField
      name="oauth_token_url"
      label="Access token endpoint"
      hint="Issues the token that is used to log in."
      value={values.oauth_token_url}
      required
    />
    <Field
      name="oauth_scopes"
      label="Scope"
      hint="Only if the provider needs one."
      value={values.oauth_scopes ?? ""}
      autocomplete="off"
    />
  </fieldset>
);
