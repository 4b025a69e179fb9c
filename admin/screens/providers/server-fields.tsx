import { CheckField } from "../../parts/forms/check-field.tsx";
import { Field } from "../../parts/forms/field.tsx";
import { SelectField } from "../../parts/forms/select-field.tsx";
import { SECURITIES } from "./provider-options.ts";
import type { ProviderValues } from "./provider-values.ts";

const number = (value: number | null) => (value === null ? "" : String(value));

/** The form fields that every kind of provider has. */
export const ServerFields = ({ values }: { values: ProviderValues }) => (
  <>
    <fieldset>
      <legend>Mail server</legend>
      <Field
        name="imap_host"
        label="IMAP host"
        hint="The server that mail is read from."
        value={values.imap_host}
        placeholder="imap.example.com"
        autocomplete="off"
        required
      />
      <Field
        name="imap_port"
        label="IMAP port"
        hint="993 with TLS, 143 with STARTTLS."
        value={number(values.imap_port)}
        inputmode="numeric"
        autocomplete="off"
        required
      />
      <SelectField
        name="imap_security"
        label="IMAP security"
        options={SECURITIES}
        value={values.imap_security}
      />
      <Field
        name="idle_minutes"
        label="IDLE refresh (minutes)"
        hint="Renew IDLE after this long; at most 29. Less if the server closes the connection earlier."
        value={number(values.idle_minutes)}
        inputmode="numeric"
        autocomplete="off"
        required
      />
      <Field
        name="login_rate"
        label="Login limit per second (whole fleet)"
        hint="Set it if the provider refuses more. Blank: the fleet's own limit."
        value={number(values.login_rate)}
        inputmode="numeric"
        autocomplete="off"
      />
    </fieldset>
    <fieldset>
      <legend>Outgoing mail, for tracers only</legend>
      <Field
        name="smtp_host"
        label="SMTP host"
        hint="The server that sends tracers. Blank: users of this provider cannot be tracers."
        value={values.smtp_host ?? ""}
        placeholder="smtp.example.com"
        autocomplete="off"
      />
      <Field
        name="smtp_port"
        label="SMTP port"
        hint="587 with STARTTLS, 465 with TLS."
        value={number(values.smtp_port)}
        inputmode="numeric"
        autocomplete="off"
      />
      <CheckField name="smtp_starttls" label="STARTTLS" isChecked={values.smtp_starttls} />
    </fieldset>
  </>
);
