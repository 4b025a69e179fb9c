import { api, done } from "../../../api/client.ts";
import { useAnnounce } from "../../../parts/announcements.tsx";
import { ConfirmDialog } from "../../../parts/forms/confirm-dialog.tsx";
import { Dialog } from "../../../parts/forms/dialog.tsx";
import { Form } from "../../../parts/forms/form.tsx";
import { RotateForm } from "./rotate-form.tsx";

export type SigningKeyTask = "make" | "rotate" | "remove";

interface SigningKeyDialogProps {
  partnerId: string;
  task: SigningKeyTask;
  runningUntil: string | null;
  onClose(): void;
  onChanged(): void;
}

/** Asks for confirmation of an action on the signing key, then runs the action. */
export function SigningKeyDialog({ task, onClose, onChanged, ...props }: SigningKeyDialogProps) {
  const announce = useAnnounce();
  const one = api.partners[":id"]["signing-key"];
  const param = { id: props.partnerId };
  const finish = (told: string) => {
    announce(told);
    onChanged();
    onClose();
  };
  switch (task) {
    case "make":
      return (
        <Dialog title="Create a signing key?" onClose={onClose}>
          <p>
            Webhooks then carry a second signature, version <code>v1a</code>, beside the one made
            with the secret. Receivers that do not know this version ignore it.
          </p>
          <Form
            submit="Create"
            onCancel={onClose}
            onSubmit={async () => {
              await done(one.$post({ param, json: {} }));
              finish("Webhooks are now also signed with the new key.");
            }}
          />
        </Dialog>
      );
    case "rotate":
      return (
        <Dialog title="Rotate the signing key" onClose={onClose}>
          <RotateForm
            runningUntil={props.runningUntil}
            onCancel={onClose}
            onRotate={async (json) => {
              await done(one.$post({ param, json }));
              finish("Webhooks are now signed with the new key.");
            }}
          />
        </Dialog>
      );
    case "remove":
      return (
        <ConfirmDialog
          title="Remove the signing key?"
          action="Remove"
          onClose={onClose}
          onConfirm={async () => {
            await done(one.$delete({ param }));
            finish("Signing key removed.");
          }}
        >
          <p>
            From now on webhooks are signed with the secret only. Receivers that verify with the
            public key will reject them.
          </p>
        </ConfirmDialog>
      );
  }
}
