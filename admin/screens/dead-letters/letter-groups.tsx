import type { InferResponseType } from "hono/client";
import { api, parseAnswer, until } from "../../api/client.ts";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { PartnerLink } from "../../parts/states/partner-link.tsx";
import { Section } from "../../parts/section.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";

type Groups = InferResponseType<(typeof api)["dead-letters"]["groups"]["$get"], 200>;
type Group = Groups["groups"][number];

const NUMBER = new Intl.NumberFormat();

const COLUMNS: readonly Column<Group>[] = [
  {
    title: "Partner",
    cell: ({ partner_id, partner_name }) => <PartnerLink id={partner_id} name={partner_name} />,
  },
  { title: "Reason", cell: (group) => <a href={toGroupHref(group)}>{group.last_error}</a> },
  { title: "Letters", isNumber: true, cell: ({ letters }) => NUMBER.format(letters) },
  { title: "Newest", cell: ({ last_died_at }) => <TimeAgo at={last_died_at} /> },
];

/**
 * Shows the letters in the state `waiting`, grouped by partner and reason. Each group links to its
 * letters.
 */
export function LetterGroups() {
  const { loaded } = useLoaded(
    (signal) => parseAnswer(api["dead-letters"].groups.$get({ query: {} }, until(signal))),
    { key: "", everyMs: 3_000 },
  );
  if (loaded.step !== "loaded" || loaded.value.groups.length === 0) return null;
  return (
    <Section title="Reasons">
      <DataTable
        caption="Waiting letters by partner and reason"
        columns={COLUMNS}
        rows={loaded.value.groups}
        toKey={({ partner_id, last_error }) => `${partner_id} ${last_error}`}
      />
    </Section>
  );
}

function toGroupHref({ partner_id, last_error }: Group): string {
  const query = new URLSearchParams({ partner_id, error: last_error, state: "waiting" });
  return `/admin/dead-letters?${query.toString()}`;
}
