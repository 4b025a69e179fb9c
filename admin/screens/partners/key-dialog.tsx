import { useState } from "preact/hooks";
import { answerOf, api, done } from "../../api/client.ts";
import { useAnnounce } from "../../parts/announcements.tsx";
import { ConfirmDialog } from "../../parts/forms/confirm-dialog.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Form } from "../../parts/forms/form.tsx";
import { Secret } from "../../parts/secret.tsx";
import type { ApiKey } from "./api-keys.tsx";

export type KeyTask = { kind: "create" } | { kind: "sign" | "revoke"; apiKey: ApiKey };

interface KeyDialogProps {
  partnerId: string;
  task: KeyTask;
  onClose(): void;
  onChanged(): void;
}

/** Asks before an action on an API key, and runs it. */
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
      title={`Let ${prefix}… sign bodies?`}
      action="Let it sign"
      isDangerous={false}
      onClose={onClose}
      onConfirm={async () => {
        await done(one.sign.$post({ param }));
        finish(`Bodies are signed with ${prefix}….`);
      }}
    >
      <p>
        The field <code>signature</code> in webhook bodies is made with it from now on, and no
        longer with the key that signs today. An application that verifies that field must know this
        key first.
      </p>
    </ConfirmDialog>
  ) : (
    <ConfirmDialog
      title={`Revoke ${prefix}…?`}
      action="Revoke"
      onClose={onClose}
      onConfirm={async () => {
        await done(one.$delete({ param }));
        finish(`${prefix}… is revoked.`);
      }}
    >
      <p>Calls of the API with it stop working immediately. This cannot be undone.</p>
    </ConfirmDialog>
  );
}

function CreateKey({ partnerId, onClose, onChanged }: Omit<KeyDialogProps, "task">) {
  const [key, setKey] = useState<string | null>(null);
  const create = async () => {
    const param = { id: partnerId };
    setKey((await answerOf(api.partners[":id"]["api-keys"].$post({ param }))).key);
    onChanged();
  };
  if (key !== null) {
    return (
      <Dialog title="Keep this key" onClose={onClose}>
        <Secret label="API key" value={key} />
        <p>It opens the API at once, and is not shown again.</p>
        <button type="button" onClick={onClose}>
          I have kept it
        </button>
      </Dialog>
    );
  }
  return (
    <Dialog title="Create an API key?" onClose={onClose}>
      <p>
        The present keys go on working. To change keys: create one, have the application use it, let
        it sign, then revoke the old one.
      </p>
      <Form submit="Create" onSubmit={create} onCancel={onClose} />
    </Dialog>
  );
}
