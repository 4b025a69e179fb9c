import { Field } from "../../parts/forms/field.tsx";
import { OAuth1Fields } from "./oauth1-fields.tsx";
import { OAuth2Fields } from "./oauth2-fields.tsx";
import { PlainFields } from "./plain-fields.tsx";
import type { ShownProvider } from "./provider-answer.ts";
import type { ProviderValues } from "./provider-values.ts";
import { ServerFields } from "./server-fields.tsx";

const KIND_FIELDS = { plain: PlainFields, oauth2: OAuth2Fields, oauth1: OAuth1Fields };

interface ProviderFieldsProps {
  kind: ShownProvider["kind"];
  values: ProviderValues;
}

/** All form fields of a provider of this kind. */
export function ProviderFields({ kind, values }: ProviderFieldsProps) {
  const KindFields = KIND_FIELDS[kind];
  return (
    <>
      <Field
        name="title"
        label="Title"
        hint="Shown here and on the connect pages."
        value={values.title}
        autocomplete="off"
        required
      />
      <ServerFields values={values} />
      <KindFields values={values} />
    </>
  );
}
