import { api, parseAnswer, until } from "../../../api/client.ts";
import { SelectField } from "../../../parts/forms/select-field.tsx";
import { useLoaded } from "../../../parts/use-loaded.ts";

interface ConnectionFieldProps {
  /**
   * The id of the partner whose connections are offered. If it is empty, the field offers the
   * connections of the partner that owns the connection `value`.
   */
  partnerId: string;
  /** The id of the initially selected connection. */
  value?: string;
  /** The text of the option that selects no connection. */
  none: string;
}

/** A field to select one of a partner's connections. The options show the code of the provider. */
export function ConnectionField({ partnerId, value = "", none }: ConnectionFieldProps) {
  const { loaded } = useLoaded((signal) => fetchConnections(partnerId, value, signal), {
    key: `${partnerId} ${value}`,
  });
  const found = loaded.step === "loaded" ? loaded.value : [];
  const options = found.map(({ id, imap_provider_code }) => [id, imap_provider_code] as const);
  return (
    <SelectField
      // A select shows its initial value only if the value is an option. With this key, Preact
      // creates a new select when the options arrive.
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
