import type { ComponentChildren } from "preact";
import { CheckField } from "../../../parts/forms/check-field.tsx";
import { Field } from "../../../parts/forms/field.tsx";

interface SecretFieldProps {
  name: string;
  label: string;
  hint?: ComponentChildren;
  /** Whether there is a secret already, which is never shown. */
  isSet: boolean;
}

/** A field for a secret, which replaces the current one. */
export const SecretField = ({ name, label, hint, isSet }: SecretFieldProps) => (
  <>
    <Field
      name={name}
      label={label}
      type="password"
      hint={isSet ? "Set, and never shown. A new value replaces it." : hint}
      autocomplete="off"
    />
    {isSet && <CheckField name={`${name}_removed`} label={`Remove the ${label.toLowerCase()}`} />}
  </>
);
