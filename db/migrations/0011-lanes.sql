-- Lanes (each partner's deliveries): why a lane is paused, and what its instance last reported.

alter table partners
  -- Why the lane is paused. `forbidden` means that too many users would have been archived because
  -- of 403 responses.
  add column paused_reason text check (paused_reason in ('admin', 'partner', 'forbidden')),
  -- Whether the events of a user are delivered one at a time, in their order.
  add column ordered boolean not null default false;
update partners set paused_reason = 'admin' where paused_at is not null;
alter table partners add check ((paused_at is null) = (paused_reason is null));

create table lanes (
  partner_id text primary key references partners on delete cascade,
  state text not null check (state in ('running', 'paused', 'open', 'probing')),
  -- The reason of the state. For `paused`, the reason in partners. For `open` and `probing`, the
  -- last failure of the endpoint.
  reason text,
  open_until timestamptz,
  in_flight integer not null,
  -- pending: events that the lane has not received yet. retrying: events that wait for a retry.
  pending bigint not null,
  retrying bigint not null,
  -- When the lane's oldest undelivered event was stored.
  oldest_at timestamptz,
  instance_id text not null,
  reported_at timestamptz not null default now()
);

-- Counts the users that were archived because of a 403, before another user is archived.
create index users_refused on users (connection_id, archived_at)
where state_reason = 'refused_by_webhook';

-- `held` means that the endpoint answered 403, but the user could not be archived yet. The attempt
-- is repeated under the same number.
alter table transmit_logs drop constraint transmit_logs_outcome_check;
alter table transmit_logs add constraint transmit_logs_outcome_check
check (outcome in ('delivered', 'archived', 'retry', 'held', 'dead'));
