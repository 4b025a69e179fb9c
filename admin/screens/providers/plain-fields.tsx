import { CheckField } from "../../parts/forms/check-field.tsx";
import { Field } from "../../parts/forms/field.tsx";
import type { ProviderValues } from "./provider-values.ts";

/** The form fields of a provider whose users log in with a password. */
export const PlainFields = ({ values }: { values: ProviderValues }) => (
  <fieldset>
    <legend>Login and password</legend>
    <Field
      name="login_help"
      label="Help with the password"
      hint="Shown to account owners on the login form."
      value={values.login_help ?? ""}
      placeholder="Enter an app password, not the password of your account."
      autocomplete="off"
    />
    <Field
      name="login_help_url"
      label="Page with more help"
      hint="A page of the provider that explains how to get such a password."
      value={values.login_help_url ?? ""}
      placeholder="https://help.example.com/app-passwords"
      autocomplete="off"
    />
    <CheckField
      name="own_host"
      label="Each user may have its own host"
      hint="For mail servers that you cannot know in advance. The host above is used when a user gives no server."
      isChecked={values.own_host}
    />
  </fieldset>
);
