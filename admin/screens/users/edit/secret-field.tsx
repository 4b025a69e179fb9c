import type { ComponentChildren } from "preact";
import { CheckField } from "../../../parts/forms/check-field.tsx";
import { Field } from "../../../parts/forms/field.tsx";

interface SecretFieldProps {
  name: string;
  label: string;
  hint?: ComponentChildren;
  /** Whether a secret is stored. The secret itself is never shown. */
  isSet: boolean;
}

/** A field for a new secret, which replaces the current one. */
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
