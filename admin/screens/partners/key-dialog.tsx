import { useState } from "preact/hooks";
import { api, done, parseAnswer } from "../../api/client.ts";
import { useAnnounce } from "../../parts/announcements.tsx";
import { ConfirmDialog } from "../../parts/forms/confirm-dialog.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Form } from "../../parts/forms/form.tsx";
import { Secret } from "../../parts/secret.tsx";
import type { ShownApiKey } from "./api-keys.tsx";

export type KeyTask = { kind: "create" } | { kind: "sign" | "revoke"; apiKey: ShownApiKey };

interface KeyDialogProps {
  partnerId: string;
  task: KeyTask;
  onClose(): void;
  onChanged(): void;
}

/** Asks for confirmation of an action on an API key, then runs the action. */
export function KeyDialog({ partnerId, task, onClose, onChanged }: KeyDialogProps) {
  const announce = useAnnounce();
  if (task.kind === "create") {
    return <CreateKey partnerId={partnerId} onClose={onClose} onChanged={onChanged} />;
  }
  const { id: key, prefix } = task.apiKey;
  const one = api.partners[":id"]["api-keys"][":key"];
  const param = { id: partnerId, key };
  const finish = (told: string) => {
    announce(told);
    onChanged();
    onClose();
  };
  return task.kind === "sign" ? (
    <ConfirmDialog
      title={`Use ${prefix}… for signing?`}
      action="Use for signing"
      isDangerous={false}
      onClose={onClose}
      onConfirm={async () => {
        await done(one.sign.$post({ param }));
        finish(`Webhook bodies are now signed with ${prefix}….`);
      }}
    >
      <p>
        From now on the field <code>signature</code> in webhook bodies is made with this key instead
        of the current one. If the application verifies that field, it must know this key first.
      </p>
    </ConfirmDialog>
  ) : (
    <ConfirmDialog
      title={`Revoke ${prefix}…?`}
      action="Revoke"
      onClose={onClose}
      onConfirm={async () => {
        await done(one.$delete({ param }));
        finish(`${prefix}… revoked.`);
      }}
    >
      <p>API calls with it stop working immediately. This cannot be undone.</p>
    </ConfirmDialog>
  );
}

function CreateKey({ partnerId, onClose, onChanged }: Omit<KeyDialogProps, "task">) {
  const [key, setKey] = useState<string | null>(null);
  const create = async () => {
    const param = { id: partnerId };
    setKey((await parseAnswer(api.partners[":id"]["api-keys"].$post({ param }))).key);
    onChanged();
  };
  if (key !== null) {
    return (
      <Dialog title="Save this key" onClose={onClose}>
        <Secret label="API key" value={key} />
        <p>It works immediately. It is not shown again.</p>
        <button type="button" onClick={onClose}>
          I have saved it
        </button>
      </Dialog>
    );
  }
  return (
    <Dialog title="Create an API key?" onClose={onClose}>
      <p>
        Existing keys keep working. To change keys: create one, switch the application to it, use it
        for signing, then revoke the old one.
      </p>
      <Form submit="Create" onSubmit={create} onCancel={onClose} />
    </Dialog>
  );
}
