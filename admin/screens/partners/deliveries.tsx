import { useState } from "preact/hooks";
import { CopyableId } from "../../parts/copyable-id.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Section } from "../../parts/section.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { LaneState } from "./lane-state.tsx";
import type { SectionProps } from "./partner-sections.tsx";
import { PauseDialog } from "./pause-dialog.tsx";
import { UserCounts } from "./user-counts.tsx";

const NUMBER = new Intl.NumberFormat();

/** Shows the state of the partner's deliveries, and a button to pause or resume them. */
export function DeliveriesSection({ partner, onChanged }: SectionProps) {
  const { lane, paused_at, ingest_paused_at, letters_full_at } = partner;
  const [isAsking, setAsking] = useState(false);
  const isPaused = paused_at !== null;
  return (
    <Section
      title="Deliveries"
      actionsNeed="operator"
      actions={
        <button type="button" class="small secondary outline" onClick={() => setAsking(true)}>
          {isPaused ? "Resume" : "Pause"}
        </button>
      }
    >
      <p>
        <LaneState partner={partner} /> {lane.description}
      </p>
      {ingest_paused_at !== null && (
        <p>
          Reading paused <TimeAgo at={ingest_paused_at} />: the delivery queue is full. New mail
          waits in its mailboxes until enough is delivered.
        </p>
      )}
      {letters_full_at !== null && (
        <p>
          No room for more dead letters (full <TimeAgo at={letters_full_at} />
          ): redeliver or delete some. After three days without room, mails are kept in their
          mailboxes only.
        </p>
      )}
      <Facts
        facts={[
          ["Users", <UserCounts partner={partner} />],
          ...(lane.open_until === null
            ? []
            : [["Breaker open, next try", <TimeAgo at={lane.open_until} />] as const]),
          ["In flight", NUMBER.format(lane.in_flight)],
          ["Waiting for a first attempt", NUMBER.format(lane.pending)],
          ["Waiting for a retry", NUMBER.format(lane.retrying)],
          ["Oldest undelivered event", <TimeAgo at={lane.oldest_at} never="none" />],
          ["Partner id", <CopyableId id={partner.id} />],
          ...(isPaused ? [["Paused", <PausedBy partner={partner} />] as const] : []),
        ]}
      />
      <p class="links">
        <a href={`/admin/traffic?partner_id=${partner.id}`}>Traffic</a>
        <a href={`/admin/events?partner_id=${partner.id}`}>Events</a>
        <a href={`/admin/events?view=in-flight&partner_id=${partner.id}`}>Events in flight</a>
        <a href={`/admin/dead-letters?partner_id=${partner.id}`}>Dead letters</a>
        <a href={`/admin/users?partner_id=${partner.id}`}>Users</a>
        <a href={`/admin/audit-log?subject_id=${partner.id}`}>Audit log</a>
      </p>
      {isAsking && (
        <PauseDialog partner={partner} onClose={() => setAsking(false)} onChanged={onChanged} />
      )}
    </Section>
  );
}

const PAUSERS = { partner: "by the partner", admin: "by an admin", guard: "by the guard" } as const;

const PausedBy = ({ partner: { paused_at, paused_by } }: Pick<SectionProps, "partner">) => (
  <>
    {paused_by && PAUSERS[paused_by]}, <TimeAgo at={paused_at} />
  </>
);
