import { api, done } from "../../../api/client.ts";
import { useAnnounce } from "../../../parts/announcements.tsx";
import { CheckField } from "../../../parts/forms/check-field.tsx";
import { chosenOf } from "../../../parts/lists/chosen-of.ts";
import { Dialog } from "../../../parts/forms/dialog.tsx";
import { Field } from "../../../parts/forms/field.tsx";
import type { Fields } from "../../../parts/forms/fields.ts";
import { Form } from "../../../parts/forms/form.tsx";
import { SelectField } from "../../../parts/forms/select-field.tsx";
import type { SectionProps } from "../partner-sections.tsx";
import { PAYLOAD_FORMATS } from "./payload-formats.ts";

const WEBHOOKS = [
  ["new_mail_webhook", "New mail", "Called for each mail that comes to one of its users."],
  ["user_connected_webhook", "User connected", "Called when an account works for the first time."],
  ["user_disconnected_webhook", "User disconnected", "Called when a person gives an account up."],
  [
    "user_auth_failed_webhook",
    "Login refused",
    "Called when a mail server refuses a login that worked before.",
  ],
] as const;

/** Changes the addresses and the format of webhooks. */
export function WebhooksDialog({
  partner,
  onClose,
  onChanged,
}: SectionProps & { onClose(): void }) {
  const announce = useAnnounce();
  const save = async (fields: Fields) => {
    const json = {
      new_mail_webhook: fields["new_mail_webhook"] ?? "",
      user_connected_webhook: fields["user_connected_webhook"] ?? "",
      user_disconnected_webhook: fields["user_disconnected_webhook"] ?? "",
      user_auth_failed_webhook: fields["user_auth_failed_webhook"] ?? "",
      payload_format: chosenOf(PAYLOAD_FORMATS, fields["payload_format"]),
      ordered: fields["ordered"] === "true",
      allow_plain_http: fields["allow_plain_http"] === "true",
    };
    await done(api.partners[":id"].$patch({ param: { id: partner.id }, json }));
    announce("The webhooks are saved.");
    onChanged();
    onClose();
  };
  return (
    <Dialog title="Edit webhooks" onClose={onClose}>
      <Form submit="Save" onSubmit={save} onCancel={onClose}>
        <p class="muted">
          Blank: events of that kind are not sent. A password is shown as <code>***</code>, and
          stays as it is unless you write another.
        </p>
        {WEBHOOKS.map(([name, label, hint]) => (
          <Field
            key={name}
            name={name}
            label={label}
            hint={hint}
            value={partner[name] ?? ""}
            placeholder="https://app.example.com/…"
            autocomplete="off"
          />
        ))}
        <SelectField
          name="payload_format"
          label="Payload format"
          hint="How webhooks tell new mail. Its code must know the format before you choose another."
          options={PAYLOAD_FORMATS}
          value={partner.payload_format}
        />
        <CheckField
          name="ordered"
          label="One event at a time for each user"
          hint="A later mail waits until the earlier is delivered or given up: slower, and in order."
          isChecked={partner.ordered}
        />
        <CheckField
          name="allow_plain_http"
          label="Allow plain HTTP"
          hint="Everyone on the way can then read the mail, and change it."
          isChecked={partner.allow_plain_http}
        />
      </Form>
    </Dialog>
  );
}
