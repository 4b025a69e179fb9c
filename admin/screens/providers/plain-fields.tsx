import { CheckField } from "../../parts/forms/check-field.tsx";
import { Field } from "../../parts/forms/field.tsx";
import type { ProviderValues } from "./provider-values.ts";

/** The fields of a provider whose users enter a login and a password. */
export const PlainFields = ({ values }: { values: ProviderValues }) => (
  <fieldset>
    <legend>Login and password</legend>
    <Field
      name="login_help"
      label="Help with the password"
      hint="Shown to people on the form where they give it."
      value={values.login_help ?? ""}
      placeholder="Give an app password here, not the password of your account."
      autocomplete="off"
    />
    <Field
      name="login_help_url"
      label="Page with more help"
      hint="A page of the provider on how to get such a password."
      value={values.login_help_url ?? ""}
      placeholder="https://help.example.com/app-passwords"
      autocomplete="off"
    />
    <CheckField
      name="own_host"
      label="Each user may have a host of its own"
      hint="For servers that cannot be known beforehand. The host above then serves who names none."
      isChecked={values.own_host}
    />
  </fieldset>
);
