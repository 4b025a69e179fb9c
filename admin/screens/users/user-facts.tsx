import type { ComponentChildren } from "preact";
import { CopyableId } from "../../parts/copyable-id.tsx";
import { Facts } from "../../parts/facts.tsx";
import { PartnerLink } from "../../parts/states/partner-link.tsx";
import { formatDuration } from "../../parts/time/duration.ts";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import type { ShownUser } from "./edit/user-fields.tsx";

type Fact = readonly [title: string, value: ComponentChildren];

const NONE = <span class="muted">none</span>;
const secret = (isSet: boolean) => (isSet ? "set" : NONE);

/**
 * Shows the data of a user. The page shows only whether a secret is set, never the secret itself.
 */
export const UserFacts = ({ user }: { user: ShownUser }) => (
  <Facts
    facts={[
      ["E-mail", user.email ?? <span class="muted">unknown</span>],
      ["Partner", <PartnerLink id={user.partner_id} name={user.partner_name} />],
      [
        "Connection",
        <a href={`/admin/connections/${user.connection_id}`}>{user.imap_provider_code}</a>,
      ],
      ...loginFacts(user),
      ...hostFacts(user),
      ["Connected", <TimeAgo at={user.connected_at} never="not connected" />],
      ["Last login", <TimeAgo at={user.last_login_at} />],
      ["Last mail", <TimeAgo at={user.last_email_at} />],
      ["Last answer of the server", <TimeAgo at={user.last_heard_at} />],
      ["Lag", lagWords(user)],
      ["Tracer", tracerWords(user)],
      ["Created", <TimeAgo at={user.created_at} />],
      ["Id", <CopyableId id={user.id} />],
    ]}
  />
);

/** Describes the time since the server last confirmed that all mail of the mailbox was seen. */
const lagWords = ({ lag_seconds }: ShownUser): string =>
  lag_seconds === null
    ? "not watched"
    : `${formatDuration(lag_seconds * 1_000)} since the server confirmed that all mail was seen`;

function tracerWords({ enable_tracer, deliver_tracers }: ShownUser): string {
  if (!enable_tracer) return "no";
  return deliver_tracers ? "yes, its tracers are delivered" : "yes";
}

function loginFacts(user: ShownUser): Fact[] {
  switch (user.kind) {
    case "plain":
      return [
        ["Username", user.login_username ?? NONE],
        ["Password", secret(user.login_password_set)],
      ];
    case "oauth2":
      return [
        ["Username", user.login_username ?? user.token_username ?? "the address"],
        ["Refresh token", secret(user.refresh_token_set)],
        ["Refreshed", <TimeAgo at={user.refreshed_at} />],
      ];
    case "oauth1":
      return [["OAuth 1 token", secret(user.oauth1_token_set)]];
  }
}

const hostFacts = ({ own_host, imap_host, imap_port, imap_security }: ShownUser): Fact[] =>
  own_host
    ? [["Host", imap_host === null ? NONE : `${imap_host}:${imap_port} (${imap_security})`]]
    : [];
