import { Badge, type Tone } from "../../parts/states/badge.tsx";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { formatDuration } from "../../parts/time/duration.ts";
import { Empty } from "../../parts/lists/empty.tsx";
import { Section } from "../../parts/section.tsx";
import type { Overview } from "./overview-answer.ts";

type Instance = Overview["instances"][number];

const STATES: Readonly<Record<Instance["state"], readonly [tone: Tone, words: string]>> = {
  up: ["good", "up"],
  draining: ["busy", "draining"],
  restarting: ["busy", "restarting"],
  cut_off: ["bad", "cut off from Postgres"],
  no_nats: ["bad", "cut off from NATS"],
  gone: ["bad", "silent"],
};
const ROLES: Readonly<Record<string, string>> = {
  all: "watches and delivers",
  imap: "watches",
  webhook: "delivers",
};
const NUMBER = new Intl.NumberFormat();
const unknown = <span class="muted">unknown</span>;

const COLUMNS: readonly Column<Instance>[] = [
  { title: "Instance", cell: ({ id }) => <code>{id}</code> },
  {
    title: "State",
    cell: ({ state }) => <Badge tone={STATES[state][0]}>{STATES[state][1]}</Badge>,
  },
  { title: "Role", cell: ({ role }) => ROLES[role] ?? role },
  { title: "Region", cell: ({ region }) => region ?? unknown },
  { title: "Users watched", cell: (instance) => <Held instance={instance} />, isNumber: true },
  {
    title: "Last heartbeat",
    cell: ({ heartbeat_age_s }) => `${formatDuration(heartbeat_age_s * 1_000)} ago`,
    isNumber: true,
  },
  { title: "Version", cell: ({ version }) => version ?? unknown },
  { title: "NATS", cell: ({ nats_version }) => nats_version ?? unknown },
];

/** Lists the fleet's instances that sent a heartbeat within the last hour. */
export const Fleet = ({ instances }: Pick<Overview, "instances">) => (
  <Section title="Fleet" id="fleet">
    {instances.length === 0 ? (
      <Empty title="No fleet instance is running">
        <p>
          {" "}
          Start one. Until then no mail is read and no webhook is called; mail waits in its
          mailboxes.{" "}
        </p>
      </Empty>
    ) : (
      <DataTable caption="Fleet" columns={COLUMNS} rows={instances} toKey={({ id }) => id} />
    )}
  </Section>
);

function Held({ instance: { users_held, capacity } }: { instance: Instance }) {
  if (capacity === 0) return <span class="muted">–</span>;
  return (
    <span class="held">
      <meter
        value={users_held}
        max={capacity}
        high={capacity * 0.9}
        optimum={0}
        aria-hidden="true"
      />
      {NUMBER.format(users_held)} of {NUMBER.format(capacity)}
    </span>
  );
}
