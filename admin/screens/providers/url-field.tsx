import { Field } from "../../parts/forms/field.tsx";
import type { ProviderValues } from "./provider-values.ts";

interface UrlFieldProps {
  name: keyof ProviderValues;
  label: string;
  hint: string;
  value: string | null;
  required?: boolean;
}

/** A field for a URL of the provider. */
export const UrlField = ({ value, required = false, ...more }: UrlFieldProps) => (
  <Field
    {...more}
    value={value ?? ""}
    required={required}
    placeholder="https://…"
    autocomplete="off"
  />
);
