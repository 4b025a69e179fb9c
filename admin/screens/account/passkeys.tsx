import { useState } from "preact/hooks";
import type { InferResponseType } from "hono/client";
import { api, done, parseAnswer, until } from "../../api/client.ts";
import { useAnnounce } from "../../parts/announcements.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Field } from "../../parts/forms/field.tsx";
import type { Fields } from "../../parts/forms/fields.ts";
import { Form } from "../../parts/forms/form.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { Empty } from "../../parts/lists/empty.tsx";
import { Section } from "../../parts/section.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import { useSession } from "../../session/session.tsx";

type Passkey = InferResponseType<typeof api.passkeys.$get, 200>["passkeys"][number];

const COLUMNS: readonly Column<Passkey>[] = [
  { title: "Name", cell: ({ name }) => name },
  { title: "Added", cell: (passkey) => <TimeAgo at={passkey.created_at} /> },
  { title: "Last used", cell: (passkey) => <TimeAgo at={passkey.last_used_at} /> },
];

/** Lists the passkeys of the signed-in admin, and adds and removes them. */
export function Passkeys() {
  const { admin, refresh } = useSession();
  const announce = useAnnounce();
  const passkeys = useLoaded((signal) => parseAnswer(api.passkeys.$get({}, until(signal))), {
    key: "",
  });
  const [task, setTask] = useState<{ kind: "add" } | { kind: "remove"; passkey: Passkey }>();
  const close = () => setTask(undefined);
  const finish = async (text: string) => {
    close();
    announce(text);
    passkeys.reload();
    await refresh();
  };
  const add = async ({ name = "", password = "" }: Fields) => {
    const { addPasskey } = await import("../../session/passkey.ts");
    await addPasskey(name, password);
    await finish("Passkey added.");
  };
  const remove = async ({ id, name }: Passkey, { password = "" }: Fields) => {
    await done(api.passkeys[":id"].$delete({ param: { id }, json: { password } }));
    await finish(`${name} removed.`);
  };
  return (
    <Section
      title="Passkeys"
      actions={
        <button
          type="button"
          class="small secondary outline"
          onClick={() => setTask({ kind: "add" })}
        >
          Add a passkey
        </button>
      }
    >
      <p class="muted">
        Sign in with your device's fingerprint, face or PIN instead of the password. Once you have a
        passkey, the password alone is not enough to sign in
        {admin.totp
          ? "."
          : ": add a second one, or turn on a code from an app, for the case that you lose the device."}
      </p>
      <ShowLoaded loading={passkeys}>
        {({ passkeys: rows }) =>
          rows.length === 0 ? (
            <Empty title="No passkeys" />
          ) : (
            <DataTable
              caption="Passkeys"
              columns={COLUMNS}
              rows={rows}
              toKey={({ id }) => id}
              actions={(passkey) => (
                <button
                  type="button"
                  class="small secondary outline"
                  onClick={() => setTask({ kind: "remove", passkey })}
                >
                  Remove
                </button>
              )}
            />
          )
        }
      </ShowLoaded>
      {task?.kind === "add" && (
        <Dialog title="Add a passkey" onClose={close}>
          <Form submit="Continue" onSubmit={add} onCancel={close}>
            <Field
              name="name"
              label="Name"
              hint="Where the passkey is, such as your laptop or password manager."
              autocomplete="off"
              required
            />
            <OwnPassword />
          </Form>
        </Dialog>
      )}
      {task?.kind === "remove" && (
        <Dialog title={`Remove ${task.passkey.name}?`} onClose={close}>
          <p>
            You can no longer sign in with it.
            {!admin.totp &&
              admin.passkeys === 1 &&
              " The password alone is then enough to sign in."}
          </p>
          <Form
            submit="Remove"
            isDangerous
            onSubmit={(fields) => remove(task.passkey, fields)}
            onCancel={close}
          >
            <OwnPassword />
          </Form>
        </Dialog>
      )}
    </Section>
  );
}

const OwnPassword = () => (
  <Field
    name="password"
    label="Password"
    type="password"
    autocomplete="current-password"
    required
  />
);
