import { api, done } from "../../api/client.ts";
import { useAnnounce } from "../../parts/announcements.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Field } from "../../parts/forms/field.tsx";
import type { Fields } from "../../parts/forms/fields.ts";
import { Form } from "../../parts/forms/form.tsx";
import type { ShownProvider } from "./provider-answer.ts";

interface ProviderSwitchProps {
  provider: ShownProvider;
  onClose(): void;
  onChanged(): void;
}

/** Disables a provider, with a reason for partners, or enables it again. */
export function ProviderSwitch({ provider, onClose, onChanged }: ProviderSwitchProps) {
  const announce = useAnnounce();
  const { id, title, enabled } = provider;
  const change = async ({ disabled_reason = "" }: Fields) => {
    const json = { enabled: !enabled, disabled_reason };
    await done(api.providers[":id"].$patch({ param: { id }, json }));
    announce(`${title} ${enabled ? "disabled" : "enabled"}.`);
    onChanged();
    onClose();
  };
  return enabled ? (
    <Dialog title={`Disable ${title}?`} onClose={onClose}>
      <p>
        Partners can no longer add a connection to it, and nobody can connect an account. Users that
        are watched already stay watched.
      </p>
      <Form submit="Disable" isDangerous onSubmit={change} onCancel={onClose}>
        <Field
          name="disabled_reason"
          label="Reason"
          hint="Shown to partners when they try to use the provider."
          autocomplete="off"
        />
      </Form>
    </Dialog>
  ) : (
    <Dialog title={`Enable ${title}?`} onClose={onClose}>
      <p>Partners can add connections to it again, and people can connect their accounts.</p>
      <Form submit="Enable" onSubmit={change} onCancel={onClose} />
    </Dialog>
  );
}
