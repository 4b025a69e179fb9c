import { api, done } from "../../api/client.ts";
import { useAnnounce } from "../../parts/announcements.tsx";
import { CheckField } from "../../parts/forms/check-field.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Field } from "../../parts/forms/field.tsx";
import type { Fields } from "../../parts/forms/fields.ts";
import { Form } from "../../parts/forms/form.tsx";
import { ImageField } from "../../parts/forms/image-field.tsx";
import { LinesField } from "../../parts/forms/lines-field.tsx";
import { splitLines } from "../../parts/forms/split-lines.ts";
import type { SectionProps } from "./partner-sections.tsx";

const MAX_LOGO_KIB = 40;

/** Changes where the connect pages lead, and how they look. */
export function ConnectPagesDialog({
  partner,
  onClose,
  onChanged,
}: SectionProps & { onClose(): void }) {
  const announce = useAnnounce();
  const save = async (fields: Fields) => {
    const json = toChange(fields);
    await done(api.partners[":id"].$patch({ param: { id: partner.id }, json }));
    announce("Connect pages saved.");
    onChanged();
    onClose();
  };
  return (
    <Dialog title="Edit connect pages" onClose={onClose}>
      <Form submit="Save" onSubmit={save} onCancel={onClose}>
        <Field
          name="success_url"
          label="After success"
          hint="Where the browser goes after an account is connected. Blank: a page of SuperIMAP."
          value={partner.success_url ?? ""}
          placeholder="https://app.example.com/connected"
          autocomplete="off"
        />
        <Field
          name="failure_url"
          label="After failure"
          hint="Where the browser goes after a failure, with the reason in the query."
          value={partner.failure_url ?? ""}
          placeholder="https://app.example.com/not-connected"
          autocomplete="off"
        />
        <LinesField
          name="allowed_origins"
          label="Allowed origins"
          hint="One per line: scheme, host and port. A link may name its own pages, but only on these origins."
          lines={partner.allowed_origins}
          placeholder="https://app.example.com"
        />
        <Field
          name="website_url"
          label="Website"
          hint="Where “Back to …” leads when there is no failure page."
          value={partner.website_url ?? ""}
          placeholder="https://www.example.com"
          autocomplete="off"
        />
        <Field
          name="privacy_url"
          label="Privacy policy"
          value={partner.privacy_url ?? ""}
          placeholder="https://www.example.com/privacy"
          autocomplete="off"
        />
        <Field
          name="terms_url"
          label="Terms"
          value={partner.terms_url ?? ""}
          placeholder="https://www.example.com/terms"
          autocomplete="off"
        />
        <Field
          name="accent_color"
          label="Accent color"
          hint="Of links and buttons, such as #1d4ed8. It needs a contrast of 4.5:1 with white; in the dark scheme it is lightened."
          value={partner.accent_color ?? ""}
          placeholder="#1d4ed8"
          autocomplete="off"
        />
        <ImageField
          name="logo"
          label={partner.logo_digest === null ? "Logo" : "New logo"}
          hint={`PNG, JPEG or WebP; at most ${MAX_LOGO_KIB} KiB and 1024 by 1024 pixels. Shown above the name.`}
          maxKib={MAX_LOGO_KIB}
        />
        {partner.logo_digest !== null && <CheckField name="remove_logo" label="Remove the logo" />}
        <CheckField
          name="consent_page"
          label="Ask for consent before the provider"
          hint="A page that says what the partner receives. Turn it off only if the partner shows such a page itself. The form for a password always says it."
          isChecked={partner.consent_page}
        />
        <CheckField
          name="provider_choice"
          label="Offer other providers"
          hint="The person may connect any of the users with the same tag instead, if nothing is connected yet. Turn it on only if a tag names the same person in every connection."
          isChecked={partner.provider_choice}
        />
      </Form>
    </Dialog>
  );
}

/** Blank fields clear a setting. Without a chosen image, the logo stays. */
function toChange({ allowed_origins = "", remove_logo, logo, ...fields }: Fields) {
  const { success_url = "", failure_url = "", website_url = "" } = fields;
  const { privacy_url = "", terms_url = "", accent_color = "" } = fields;
  return {
    ...{ success_url, failure_url, website_url, privacy_url, terms_url, accent_color },
    allowed_origins: splitLines(allowed_origins),
    consent_page: fields["consent_page"] === "true",
    provider_choice: fields["provider_choice"] === "true",
    ...(logo !== undefined && { logo }),
    ...(remove_logo === "true" && { logo: null }),
  };
}
