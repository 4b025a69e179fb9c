import type { ComponentChildren } from "preact";
import { formatDuration } from "../../parts/time/duration.ts";
import { PartnerLink } from "../../parts/states/partner-link.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import type { Overview } from "./overview-answer.ts";

const NUMBER = new Intl.NumberFormat();

/** Shows the most important numbers of the installation. */
export function KeyFigures({ overview }: { overview: Overview }) {
  const { users, latency_ms, answer_ms, oldest_undelivered, dead_letters_waiting } = overview;
  const [last, running] = overview.minutes.slice(-2);
  return (
    <dl class="figures">
      <Figure
        title="Throughput (mails per minute)"
        note={`${NUMBER.format(running?.mails ?? 0)} in the current minute`}
      >
        {NUMBER.format(last?.mails ?? 0)}
      </Figure>
      <Figure title="Users watched" note={`of ${NUMBER.format(users.to_watch)} to watch`}>
        {NUMBER.format(users.held)}
      </Figure>
      <Figure title="Delivery latency" note={`p99 ${shownMs(latency_ms.p99)}`}>
        {shownMs(latency_ms.p50)}
      </Figure>
      <Figure title="Endpoint response time" note={`p99 ${shownMs(answer_ms.p99)}`}>
        {shownMs(answer_ms.p50)}
      </Figure>
      <Figure
        title="Oldest undelivered"
        note={
          oldest_undelivered ? (
            <PartnerLink
              id={oldest_undelivered.partner_id}
              name={oldest_undelivered.partner_name}
            />
          ) : (
            "nothing is waiting"
          )
        }
      >
        <TimeAgo at={oldest_undelivered?.at ?? null} never="none" />
      </Figure>
      <Figure title="Dead letters" note={<a href="/admin/dead-letters">View them</a>}>
        {NUMBER.format(dead_letters_waiting)}
      </Figure>
    </dl>
  );
}

interface FigureProps {
  title: string;
  note: ComponentChildren;
  children: ComponentChildren;
}

const Figure = ({ title, note, children }: FigureProps) => (
  <div>
    <dt>{title}</dt>
    <dd>
      <b>{children}</b>
      <small>{note}</small>
    </dd>
  </div>
);

const shownMs = (ms: number | null) => (ms === null ? "–" : formatDuration(ms));
