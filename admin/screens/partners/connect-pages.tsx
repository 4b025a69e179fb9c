import { useState } from "preact/hooks";
import { api, done } from "../../api/client.ts";
import { useAnnounce } from "../../parts/announcements.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Field } from "../../parts/forms/field.tsx";
import type { Fields } from "../../parts/forms/fields.ts";
import { Form } from "../../parts/forms/form.tsx";
import { LinesField } from "../../parts/forms/lines-field.tsx";
import { splitLines } from "../../parts/forms/split-lines.ts";
import { Section } from "../../parts/section.tsx";
import type { SectionProps } from "./partner-sections.tsx";

const None = () => <span class="muted">none</span>;

/**
 * Shows the pages that browsers are redirected to after an account was connected, or after a
 * failure. A link may name other pages, but only on the allowed origins.
 */
export function ConnectPages({ partner, onChanged }: SectionProps) {
  const [isEditing, setEditing] = useState(false);
  const { success_url, failure_url, allowed_origins } = partner;
  return (
    <Section
      title="Connect pages"
      actionsNeed="operator"
      actions={
        <button type="button" class="small secondary outline" onClick={() => setEditing(true)}>
          Edit pages
        </button>
      }
    >
      <Facts
        facts={[
          ["After success", success_url === null ? <None /> : <code>{success_url}</code>],
          ["After failure", failure_url === null ? <None /> : <code>{failure_url}</code>],
          ["Allowed origins", allowed_origins.length === 0 ? <None /> : allowed_origins.join(", ")],
        ]}
      />
      {isEditing && (
        <ConnectPagesDialog
          partner={partner}
          onClose={() => setEditing(false)}
          onChanged={onChanged}
        />
      )}
    </Section>
  );
}

function ConnectPagesDialog({ partner, onClose, onChanged }: SectionProps & { onClose(): void }) {
  const announce = useAnnounce();
  const save = async ({ success_url = "", failure_url = "", allowed_origins = "" }: Fields) => {
    const json = { success_url, failure_url, allowed_origins: splitLines(allowed_origins) };
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
      </Form>
    </Dialog>
  );
}
