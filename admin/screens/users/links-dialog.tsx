import { useState } from "preact/hooks";
import type { InferResponseType } from "hono/client";
import { api, parseAnswer } from "../../api/client.ts";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Form } from "../../parts/forms/form.tsx";
import { Secret } from "../../parts/secret.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import type { ShownUser } from "./edit/user-fields.tsx";

type Links = InferResponseType<(typeof api.users)[":id"]["links"]["$post"], 201>;

/** Creates the links for the account's owner, and shows them once. */
export function LinksDialog({ user, onClose }: { user: ShownUser; onClose(): void }) {
  const [links, setLinks] = useState<Links | null>(null);
  const make = async () => {
    setLinks(await parseAnswer(api.users[":id"].links.$post({ param: { id: user.id } })));
  };
  if (links === null) {
    return (
      <Dialog title={`Links for the owner of ${user.tag}`} onClose={onClose}>
        <p>
          Anyone who has such a link can connect or disconnect the account with it. Give it only to
          the account's owner. Each link works once and is not shown again.
        </p>
        <Form submit="Create links" onSubmit={make} onCancel={onClose} />
      </Dialog>
    );
  }
  const { connect_url, disconnect_url, expires_at } = links;
  return (
    <Dialog title={`Links for the owner of ${user.tag}`} onClose={onClose}>
      {connect_url === null ? (
        <p>
          The account cannot be connected: the connection has no OAuth client, or its provider is
          switched off.
        </p>
      ) : (
        <Secret label="To connect" value={connect_url} />
      )}
      {disconnect_url === null ? (
        <p>There is nothing to disconnect: the account is not connected.</p>
      ) : (
        <Secret label="To disconnect" value={disconnect_url} />
      )}
      {(connect_url ?? disconnect_url) !== null && (
        <p>
          Links expire <TimeAgo at={expires_at} />. You can create new ones.
        </p>
      )}
      <button type="button" onClick={onClose}>
        Done
      </button>
    </Dialog>
  );
}
