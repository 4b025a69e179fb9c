import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { api, parseAnswer } from "../../api/client.ts";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Field } from "../../parts/forms/field.tsx";
import type { Fields } from "../../parts/forms/fields.ts";
import { Form } from "../../parts/forms/form.tsx";
import { Secret } from "../../parts/secret.tsx";

interface CreatePartnerDialogProps {
  onClose(): void;
  onCreated(): void;
}

interface Created {
  partner: { id: string; name: string };
  api_key: string;
  webhook_secret: string;
}

/**
 * Asks for the name and the webhook of a new partner. All other settings are on the partner's page.
 */
export function CreatePartnerDialog({ onClose, onCreated }: CreatePartnerDialogProps) {
  const [created, setCreated] = useState<Created | null>(null);
  if (created !== null) return <CreatedPartner created={created} onClose={onClose} />;
  const create = async ({ name = "", new_mail_webhook = "" }: Fields) => {
    setCreated(await parseAnswer(api.partners.$post({ json: { name, new_mail_webhook } })));
    onCreated();
  };
  return (
    <Dialog title="Create a partner" onClose={onClose}>
      <Form submit="Create" onSubmit={create} onCancel={onClose}>
        <Field
          name="name"
          label="Name"
          hint="Your name for the application. Only admins see it."
          autocomplete="off"
          required
        />
        <Field
          name="new_mail_webhook"
          label="Webhook for new mail"
          hint="The application's address, called for each new mail. You can set it later."
          placeholder="https://app.example.com/webhooks/new-mail"
          autocomplete="off"
        />
      </Form>
    </Dialog>
  );
}

function CreatedPartner({ created, onClose }: { created: Created; onClose(): void }) {
  const { route } = useLocation();
  const { partner, api_key, webhook_secret } = created;
  return (
    <Dialog title={`Save the secrets of ${partner.name}`} onClose={onClose}>
      <Secret label="API key" value={api_key} />
      <Secret label="Webhook secret" value={webhook_secret} />
      <p>
        The application calls the API with the key and verifies webhooks with the secret. They are
        not shown again.
      </p>
      <button type="button" onClick={() => route(`/admin/partners/${partner.id}`)}>
        I have saved them
      </button>
    </Dialog>
  );
}
