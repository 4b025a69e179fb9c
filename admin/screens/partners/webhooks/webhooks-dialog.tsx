import { api, done } from "../../../api/client.ts";
import { useAnnounce } from "../../../parts/announcements.tsx";
import { CheckField } from "../../../parts/forms/check-field.tsx";
import { chooseOption } from "../../../parts/lists/choose-option.ts";
import { Dialog } from "../../../parts/forms/dialog.tsx";
import { Field } from "../../../parts/forms/field.tsx";
import type { Fields } from "../../../parts/forms/fields.ts";
import { Form } from "../../../parts/forms/form.tsx";
import { SelectField } from "../../../parts/forms/select-field.tsx";
import type { SectionProps } from "../partner-sections.tsx";
import { PAYLOAD_FORMAT_OPTIONS } from "./payload-formats.ts";

const WEBHOOKS = [
  ["new_mail_webhook", "New mail", "Called for each mail that one of its users receives."],
  [
    "user_connected_webhook",
    "User connected",
    "Called after the first successful login of an account.",
  ],
  [
    "user_disconnected_webhook",
    "User disconnected",
    "Called when an account owner disconnects an account.",
  ],
  [
    "user_auth_failed_webhook",
    "Login refused",
    "Called when the mail server refuses the login of an account that worked before.",
  ],
] as const;

/** Asks for the URLs and the payload format of the partner's webhooks, and saves them. */
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
      payload_format: chooseOption(PAYLOAD_FORMAT_OPTIONS, fields["payload_format"]),
      ordered: fields["ordered"] === "true",
      allow_plain_http: fields["allow_plain_http"] === "true",
    };
    await done(api.partners[":id"].$patch({ param: { id: partner.id }, json }));
    announce("Webhooks saved.");
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
          hint="The form of a new mail in webhooks. The partner's code must support a format before you choose it."
          options={PAYLOAD_FORMAT_OPTIONS}
          value={partner.payload_format}
        />
        <CheckField
          name="ordered"
          label="One event at a time for each user"
          hint="Each mail waits until the one before it is delivered or becomes a dead letter. Slower, but in order."
          isChecked={partner.ordered}
        />
        <CheckField
          name="allow_plain_http"
          label="Allow plain HTTP"
          hint="Anyone on the network path can read and change the mail."
          isChecked={partner.allow_plain_http}
        />
      </Form>
    </Dialog>
  );
}
