import { useLocation, useRoute } from "preact-iso";
import { useEffect } from "preact/hooks";

/** Leads from the address of the former list of retries to the events in flight. */
export const OldDeliveries = () => <MoveTo query={{ ...useLocation().query, view: "in-flight" }} />;

/** Leads from the address of a user's former mail log to the list of events. */
export function OldMailLog() {
  const { id = "" } = useRoute().params;
  return <MoveTo query={{ ...useLocation().query, user_id: id }} />;
}

function MoveTo({ query }: { query: Record<string, string> }) {
  const { route } = useLocation();
  const address = `/admin/events?${new URLSearchParams(query).toString()}`;
  useEffect(() => route(address, true), [address]);
  return null;
}
