import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, parseAnswer, until } from "../../../api/client.ts";
import { Failure } from "../../../api/failure.ts";
import { Page } from "../../../frame/page.tsx";
import { useAnnounce } from "../../../parts/announcements.tsx";
import type { Fields } from "../../../parts/forms/fields.ts";
import { Form } from "../../../parts/forms/form.tsx";
import { PartnerField } from "../../../parts/forms/partner-field.tsx";
import { PartnerLink } from "../../../parts/states/partner-link.tsx";
import { ShowLoaded } from "../../../parts/show-loaded.tsx";
import { useLoaded } from "../../../parts/use-loaded.ts";
import { useQuery } from "../../../parts/lists/use-query.ts";
import { ConnectionField } from "./connection-field.tsx";
import { TracerFields, tracerInput } from "./tracer-fields.tsx";
import { UserFields } from "./user-fields.tsx";
import { userInput } from "./user-input.ts";

/**
 * Creates a user of a connection. If the page's address does not contain a connection, the screen
 * first asks for one.
 */
export function NewUserScreen() {
  const { query } = useLocation();
  const { connection_id } = query;
  return (
    <Page title="New user" crumbs={[{ title: "Users", href: "/admin/users" }]}>
      {connection_id === undefined ? <ChooseConnection /> : <MakeUser id={connection_id} />}
    </Page>
  );
}

function ChooseConnection() {
  const setQuery = useQuery();
  const [partnerId, setPartnerId] = useState("");
  const choose = async ({ connection_id = "" }: Fields) => {
    if (connection_id === "") {
      const fields = { connection_id: "is required: each user belongs to a connection" };
      throw new Failure("page", "There is no connection", { fields });
    }
    setQuery({ connection_id });
  };
  return (
    <Form submit="Continue" onSubmit={choose}>
      <PartnerField required onChoose={setPartnerId} />
      <ConnectionField
        partnerId={partnerId}
        none={partnerId === "" ? "choose a partner first" : "choose one"}
      />
    </Form>
  );
}

function MakeUser({ id }: { id: string }) {
  const { route } = useLocation();
  const announce = useAnnounce();
  const setQuery = useQuery();
  const place = useLoaded((signal) => fetchPlace(id, signal), { key: id });
  const make = async (fields: Fields) => {
    const json = { ...userInput(fields), ...tracerInput(fields) };
    const made = await parseAnswer(api.connections[":id"].users.$post({ param: { id }, json }));
    announce(`${made.tag} created.`);
    route(`/admin/users/${made.id}`);
  };
  return (
    <ShowLoaded loading={place}>
      {({ connection, partner }) => (
        <>
          <p>
            Under <PartnerLink id={partner.id} name={partner.name} />, connection{" "}
            <a href={`/admin/connections/${id}`}>{connection.imap_provider_code}</a>.
          </p>
          <Form
            submit="Create user"
            onSubmit={make}
            onCancel={() => setQuery({ connection_id: "" })}
          >
            <UserFields place={connection} />
            <TracerFields />
          </Form>
        </>
      )}
    </ShowLoaded>
  );
}

async function fetchPlace(id: string, signal: AbortSignal) {
  const connection = await parseAnswer(
    api.connections[":id"].$get({ param: { id } }, until(signal)),
  );
  const param = { id: connection.partner_id };
  const partner = await parseAnswer(api.partners[":id"].$get({ param }, until(signal)));
  return { connection, partner };
}
