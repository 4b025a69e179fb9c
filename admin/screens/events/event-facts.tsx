import type { ComponentChildren } from "preact";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Facts } from "../../parts/facts.tsx";
import { MailState } from "../../parts/states/mail-state.tsx";
import type { ShownAttempt } from "../../parts/attempts/attempt.ts";
import { useNow } from "../../parts/time/use-now.ts";
import { describeQueued } from "./describe-queued.ts";
import { PartnerLink } from "../../parts/states/partner-link.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { UserLink } from "../../parts/states/user-link.tsx";
import type { ShownEvent } from "./event.tsx";
import { formatSize } from "../../parts/format-size.ts";

type Fact = readonly [title: string, value: ComponentChildren];

interface EventProps {
  event: ShownEvent;
  /** The attempts, newest first. */
  attempts: readonly ShownAttempt[];
}

/** Shows the data of an event, without the content of the mail. */
export const EventFacts = ({ event, attempts }: EventProps) => (
  <>
    <StateInWords event={event} attempts={attempts} />
    {event.state === "queued" && !FLOWING.includes(event.lane.state) && (
      <p>
        <PartnerLink id={event.partner_id} name={event.partner_name} />: {event.lane.description}
      </p>
    )}
    {event.state === "dead" && (
      <p>
        <a href={`/admin/dead-letters/${event.id}`}>Read the dead letter or redeliver it</a>
      </p>
    )}
    <Facts
      facts={[
        ["User", <UserLink id={event.user_id} tag={event.user_tag} />],
        ["Partner", <PartnerLink id={event.partner_id} name={event.partner_name} />],
        ["Connection", event.imap_provider_code],
        ...(event.mail ? mailFacts(event.mail) : otherFacts(event)),
        [
          "webhook-id",
          <>
            <code>{event.id}</code> <CopyButton text={event.id} />
          </>,
        ],
      ]}
    />
  </>
);

/** The states of a lane in which nothing holds the event back. */
const FLOWING = ["running"];

function StateInWords({ event, attempts: [last] }: EventProps) {
  const nowMs = useNow();
  const { mail, state, reason } = event;
  const isWaiting = state === "queued" && reason === null;
  const words = isWaiting ? describeQueued(event, last, nowMs) : (mail?.description ?? reason);
  return (
    <p>
      <MailState state={state} /> {words}
    </p>
  );
}

const otherFacts = ({ kind, at }: ShownEvent): Fact[] => [
  ["Kind", <code>{kind}</code>],
  ["Created", <TimeAgo at={at} />],
];

const mailFacts = (mail: NonNullable<ShownEvent["mail"]>): Fact[] => [
  ["Mailbox", mail.mailbox],
  ["UID", `${mail.uid} (UIDVALIDITY ${mail.uid_validity})`],
  ["Size", formatSize(mail.size_bytes)],
  [
    "Message-ID",
    mail.message_id === null ? <span class="muted">none</span> : <code>{mail.message_id}</code>,
  ],
];
