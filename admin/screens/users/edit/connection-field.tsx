import { api, parseAnswer, until } from "../../../api/client.ts";
import { SelectField } from "../../../parts/forms/select-field.tsx";
import { useLoaded } from "../../../parts/use-loaded.ts";

interface ConnectionFieldProps {
  /** The partner whose connections are offered; empty for the partner of the chosen connection. */
  partnerId: string;
  /** Id of the connection chosen initially. */
  value?: string;
  /** Text of the option for no connection. */
  none: string;
}

/** A field that chooses one of a partner's connections by provider. */
export function ConnectionField({ partnerId, value = "", none }: ConnectionFieldProps) {
  const { loaded } = useLoaded((signal) => fetchConnections(partnerId, value, signal), {
    key: `${partnerId} ${value}`,
  });
  const found = loaded.step === "loaded" ? loaded.value : [];
  const options = found.map(({ id, imap_provider_code }) => [id, imap_provider_code] as const);
  return (
    <SelectField
      // Mounts the select again when its options change, because its initial value must be an
      // option.
      key={`${partnerId} ${loaded.step}`}
      name="connection_id"
      label="Connection"
      options={[["", none], ...options]}
      value={value}
    />
  );
}

async function fetchConnections(partnerId: string, connectionId: string, signal: AbortSignal) {
  const id = partnerId || (await fetchPartnerId(connectionId, signal));
  if (id === "") return [];
  const query = { limit: "200" };
  const list = api.partners[":id"].connections;
  return (await parseAnswer(list.$get({ param: { id }, query }, until(signal)))).connections;
}

async function fetchPartnerId(id: string, signal: AbortSignal): Promise<string> {
  if (id === "") return "";
  return (await parseAnswer(api.connections[":id"].$get({ param: { id } }, until(signal))))
    .partner_id;
}
