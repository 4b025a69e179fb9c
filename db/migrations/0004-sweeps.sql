-- Requests (sweeps) to send events for mail that is already in a mailbox.
create table sweeps (
  id text primary key,
  user_id text not null references users on delete cascade,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'finished', 'failed')),
  since timestamptz not null,
  until timestamptz not null,
  redeliver boolean not null default false,
  -- The position from which the sweep continues after a crash. A UID has a meaning only within its
  -- mailbox and UIDVALIDITY.
  mailbox text,
  uid_validity bigint,
  last_uid bigint not null default 0,
  found integer not null default 0,
  published integer not null default 0,
  skipped integer not null default 0,
  error text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  check (since < until),
  check ((finished_at is null) = (state in ('waiting', 'running')))
);
-- A user can have only one unfinished sweep.
create unique index sweeps_open on sweeps (user_id) where finished_at is null;
create index sweeps_by_user on sweeps (user_id, created_at desc);

-- For the sweeper, which searches for events that NATS has lost. The index is small unless an
-- endpoint is down.
create index mail_logs_queued on mail_logs (recorded_at, event_id) where state = 'queued';
