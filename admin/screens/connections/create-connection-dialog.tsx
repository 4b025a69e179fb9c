import { useState } from "preact/hooks";
import { api, parseAnswer, done, until } from "../../api/client.ts";
import { useAnnounce } from "../../parts/announcements.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import type { Fields } from "../../parts/forms/fields.ts";
import { Form } from "../../parts/forms/form.tsx";
import { SelectField } from "../../parts/forms/select-field.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import type { ShownProvider } from "../providers/provider-answer.ts";
import { ClientFields } from "./client-fields.tsx";
import { clientJson } from "./client-json.ts";

interface CreateConnectionDialogProps {
  partnerId: string;
  onClose(): void;
  onCreated(): void;
}

export function CreateConnectionDialog(props: CreateConnectionDialogProps) {
  const providers = useLoaded((signal) => parseAnswer(api.providers.$get({}, until(signal))), {
    key: "",
  });
  return (
    <Dialog title="Add a connection" onClose={props.onClose}>
      <ShowLoaded loading={providers}>
        {(answer) => (
          <ConnectionForm {...props} providers={answer.providers.filter((one) => one.enabled)} />
        )}
      </ShowLoaded>
    </Dialog>
  );
}

function ConnectionForm({
  partnerId,
  providers,
  onClose,
  onCreated,
}: CreateConnectionDialogProps & { providers: readonly ShownProvider[] }) {
  const announce = useAnnounce();
  const [code, setCode] = useState(providers[0]?.code);
  const provider = providers.find((one) => one.code === code);
  if (!provider) {
    return (
      <Empty title="No provider is enabled">
        <p>
          <a href="/admin/providers">Add or enable one</a> first.
        </p>
      </Empty>
    );
  }
  const create = async (fields: Fields) => {
    const json = { imap_provider_code: provider.code, ...clientJson(provider.kind, fields) };
    await done(api.partners[":id"].connections.$post({ param: { id: partnerId }, json }));
    announce(`Connection to ${provider.title} added.`);
    onCreated();
    onClose();
  };
  return (
    <Form submit="Add" onSubmit={create} onCancel={onClose}>
      <SelectField
        name="imap_provider_code"
        label="Provider"
        hint="Where the users have their mail. A partner has one connection per provider."
        options={providers.map((one) => [one.code, `${one.title} (${one.code})`] as const)}
        value={provider.code}
        onChange={setCode}
      />
      <ClientFields key={provider.kind} kind={provider.kind} />
    </Form>
  );
}
