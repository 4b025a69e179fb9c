import { useLocation, useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import { api, parseAnswer, until } from "../../api/client.ts";
import { Page } from "../../frame/page.tsx";
import { ShowLoaded } from "../../parts/show-loaded.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import { ConnectionDialog, type ConnectionTask } from "./connection-dialog.tsx";
import { ConnectionFacts } from "./connection-facts.tsx";
import { PurgeProgress } from "./purge-progress.tsx";

/** Shows a connection of a partner, or the progress of its removal. */
export function ConnectionScreen() {
  const { id = "" } = useRoute().params;
  const { purge } = useLocation().query;
  return purge === undefined ? <LivingConnection id={id} /> : <PurgeProgress id={purge} />;
}

async function askFor(id: string, signal: AbortSignal) {
  const connection = await parseAnswer(
    api.connections[":id"].$get({ param: { id } }, until(signal)),
  );
  const param = { id: connection.partner_id };
  const partner = await parseAnswer(api.partners[":id"].$get({ param }, until(signal)));
  return { connection, partner };
}

function LivingConnection({ id }: { id: string }) {
  const loading = useLoaded((signal) => askFor(id, signal), { key: id });
  const [task, setTask] = useState<ConnectionTask | null>(null);
  const known = loading.loaded.step === "loaded" ? loading.loaded.value : null;
  const crumbs = [
    { title: "Partners", href: "/admin/partners" },
    ...(known ? [{ title: known.partner.name, href: `/admin/partners/${known.partner.id}` }] : []),
  ];
  const open = (kind: ConnectionTask, title: string) => (
    <button type="button" class="secondary outline" onClick={() => setTask(kind)}>
      {title}
    </button>
  );
  return (
    <Page
      title={known?.connection.provider_title ?? "Connection"}
      crumbs={crumbs}
      actionsNeed="operator"
      actions={
        known && (
          <>
            {known.connection.kind !== "plain" && open("edit", "Edit the OAuth client")}
            {open("remove", "Delete")}
          </>
        )
      }
    >
      <ShowLoaded loading={loading}>{(value) => <ConnectionFacts {...value} />}</ShowLoaded>
      {known && task && (
        <ConnectionDialog
          task={task}
          connection={known.connection}
          partnerName={known.partner.name}
          onClose={() => setTask(null)}
          onChanged={loading.reload}
        />
      )}
    </Page>
  );
}
