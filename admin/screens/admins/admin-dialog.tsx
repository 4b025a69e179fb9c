import { api, parseAnswer, done } from "../../api/client.ts";
import { useAnnounce } from "../../parts/announcements.tsx";
import { ConfirmDialog } from "../../parts/forms/confirm-dialog.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { type AdminFields, AdminForm } from "./admin-form.tsx";
import type { ShownAdmin } from "./admins.tsx";
import { NewPasswordDialog } from "./new-password-dialog.tsx";
import { RoleDialog } from "./role-dialog.tsx";

export type AdminTask =
  | { kind: "add" }
  | {
      kind: "edit" | "role" | "unlock" | "drop-factor" | "unlink" | "reset" | "remove";
      admin: ShownAdmin;
    };

interface AdminDialogProps {
  task: AdminTask;
  onClose(): void;
  onChanged(): void;
}

/** Asks for confirmation of an action on an admin, then runs the action. */
export function AdminDialog({ task, onClose, onChanged }: AdminDialogProps) {
  const announce = useAnnounce();
  const finish = (told: string) => {
    announce(told);
    onChanged();
    onClose();
  };
  if (task.kind === "add") {
    const save = async (fields: AdminFields) =>
      (await parseAnswer(api.admins.$post({ json: fields }))).one_time_password;
    return (
      <NewPasswordDialog
        title="Add an admin"
        action={save}
        onClose={onClose}
        onDone={onChanged}
        hasForm
      />
    );
  }
  const { admin } = task;
  const param = { id: admin.id };
  const one = api.admins[":id"];
  switch (task.kind) {
    case "edit":
      return (
        <Dialog title={`Edit ${admin.name}`} onClose={onClose}>
          <AdminForm
            admin={admin}
            submit="Save"
            onCancel={onClose}
            onSubmit={async ({ name, email }) => {
              const json = { name, email };
              await done(one.$patch({ param, json }));
              finish(`${json.name} saved.`);
            }}
          />
        </Dialog>
      );
    case "role":
      return (
        <RoleDialog
          admin={admin}
          onClose={onClose}
          onChanged={(role) => finish(`${admin.name} is now ${role}.`)}
        />
      );
    case "reset":
      return (
        <NewPasswordDialog
          title={`Create a new password for ${admin.name}?`}
          action={async () => (await parseAnswer(one.password.$post({ param }))).one_time_password}
          onClose={onClose}
          onDone={onChanged}
        />
      );
    case "unlock":
      return (
        <ConfirmDialog
          title={`Unlock ${admin.name}?`}
          action="Unlock"
          onClose={onClose}
          onConfirm={async () => {
            await done(one.unlock.$post({ param }));
            finish(`${admin.name} can sign in again.`);
          }}
        >
          <p>Somebody tried three wrong passwords. Make sure that it was {admin.name}.</p>
        </ConfirmDialog>
      );
    case "drop-factor":
      return (
        <ConfirmDialog
          title={`Remove the second factor of ${admin.name}?`}
          action="Remove it"
          onClose={onClose}
          onConfirm={async () => {
            await done(one.totp.$delete({ param }));
            finish(`Second factor of ${admin.name} removed.`);
          }}
        >
          <p>
            This removes their authenticator app and all their passkeys. After that the password
            alone is enough to sign in. All their sessions end now.
          </p>
        </ConfirmDialog>
      );
    case "unlink":
      return (
        <ConfirmDialog
          title={`Unlink ${admin.name} from the identity provider?`}
          action="Unlink"
          onClose={onClose}
          onConfirm={async () => {
            await done(one.sso.$delete({ param }));
            finish(`${admin.name} unlinked.`);
          }}
        >
          <p>
            All their sessions end now. The next account at the identity provider with the verified
            address {admin.email} is linked when it signs in.
          </p>
        </ConfirmDialog>
      );
    case "remove":
      return (
        <ConfirmDialog
          title={`Delete ${admin.name}?`}
          action="Delete"
          typed={admin.email}
          onClose={onClose}
          onConfirm={async () => {
            await done(one.$delete({ param }));
            finish(`${admin.name} deleted.`);
          }}
        >
          <p>They are signed out immediately. Their entries stay in the audit log.</p>
        </ConfirmDialog>
      );
  }
}
