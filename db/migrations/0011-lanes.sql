-- Lanes: why one is paused, and what its owner last reported.

alter table partners
  -- Why nothing is delivered since paused_at: an admin or the partner paused the lane, or too many
  -- users would have been archived by 403.
  add column paused_reason text check (paused_reason in ('admin', 'partner', 'forbidden')),
  -- One attempt at a time for each user, in the order of the events.
  add column ordered boolean not null default false;
update partners set paused_reason = 'admin' where paused_at is not null;
alter table partners add check ((paused_at is null) = (paused_reason is null));

create table lanes (
  partner_id text primary key references partners on delete cascade,
  state text not null check (state in ('running', 'paused', 'open', 'probing')),
  -- For `paused` the same as in partners; for `open` and `probing` the endpoint's last failure.
  reason text,
  open_until timestamptz,
  in_flight integer not null,
  -- Events not given to the lane yet, and events that wait for a retry.
  pending bigint not null,
  retrying bigint not null,
  -- When the oldest event was stored whose delivery has not ended.
  oldest_at timestamptz,
  instance_id text not null,
  reported_at timestamptz not null default now()
);

-- Users archived by 403, counted before another one is archived.
create index users_refused on users (connection_id, archived_at)
where state_reason = 'refused_by_webhook';

-- Held: answered with 403, which could not be obeyed yet. The attempt is repeated under the same
-- number.
alter table transmit_logs drop constraint transmit_logs_outcome_check;
alter table transmit_logs add constraint transmit_logs_outcome_check
check (outcome in ('delivered', 'archived', 'retry', 'held', 'dead'));
