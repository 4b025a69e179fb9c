-- Adds idempotency keys, the signing API key, and the log of events.

-- Requests with an Idempotency-Key. When a row has no answer, the request is in progress, or its
-- process has crashed.
create table idempotency_keys (
  id text primary key,
  partner_id text not null references partners on delete cascade,
  -- Hex SHA-256 of the Idempotency-Key.
  key_hash text not null,
  -- The request and its answer, sealed. The answer may contain an API key that is shown only once.
  sealed_answer text,
  claimed_at timestamptz not null default now(),
  unique (partner_id, key_hash)
);
create index idempotency_keys_by_claim on idempotency_keys (claimed_at);

create unique index api_keys_signing on api_keys (partner_id) where signing and revoked_at is null;

-- The log of a partner's events. New mails are in mail_logs, other events in user_events.
-- change_seq is the id of the transaction that queued the event, as in users. A reader that stops
-- at pg_snapshot_xmin() also finds rows that are committed late.
alter table mail_logs
  add column partner_id text,
  add column change_seq bigint not null default (pg_current_xact_id()::text::bigint);
update mail_logs set partner_id = connections.partner_id
from users join partner_connections connections on connections.id = users.connection_id
where users.id = mail_logs.user_id;
alter table mail_logs alter column partner_id set not null;
-- The log contains no skipped mail. Parked mail is not in the log until it is queued.
create index mail_logs_events on mail_logs (partner_id, change_seq, event_id)
  where state in ('queued', 'delivered', 'dead');

create table user_events (
  event_id text primary key,
  partner_id text not null,
  user_id text not null references users on delete cascade,
  kind text not null,
  created_at timestamptz not null default now(),
  change_seq bigint not null default (pg_current_xact_id()::text::bigint),
  state text not null default 'queued' check (state in ('queued', 'delivered', 'dead', 'skipped')),
  reason text
);
create index user_events_by_user on user_events (user_id);
create index user_events_log on user_events (partner_id, change_seq, event_id)
  where state in ('queued', 'delivered', 'dead');
