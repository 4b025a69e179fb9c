-- Users that are removed for good. A removed connection is out of everybody's sight with all its users;
-- a user that is removed alone moves into a removed connection of its own. The fleet clears them away.

alter table partner_connections add column removed_at timestamptz;
alter table partner_connections drop constraint partner_connections_partner_id_provider_id_key;
create unique index partner_connections_pair on partner_connections (partner_id, provider_id)
where removed_at is null;
create index partner_connections_removed on partner_connections (id) where removed_at is not null;

create table purges (
  id text primary key,
  partner_id text not null references partners on delete cascade,
  -- The removed connection; it goes with its last user.
  connection_id text not null,
  scope text not null check (scope in ('user', 'connection')),
  -- Id of the user or of the connection that was asked for.
  subject_id text not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'finished')),
  total integer not null,
  done integer not null default 0,
  -- Rows and messages that were deleted, for the receipt.
  mails integer not null default 0,
  attempts integer not null default 0,
  dead_letters integer not null default 0,
  messages integer not null default 0,
  created_at timestamptz not null default now(),
  -- Until when one instance works at it; another takes over then.
  leased_until timestamptz,
  -- When what was still under way at the deletion of the last user has arrived, and is deleted too.
  settle_at timestamptz,
  finished_at timestamptz,
  check ((finished_at is null) = (state in ('waiting', 'running')))
);
create index purges_open on purges (created_at) where finished_at is null;
create index purges_by_partner on purges (partner_id, id);

-- Users that a purge has deleted, to look for again at its end.
create table purged_users (
  purge_id text not null references purges on delete cascade,
  user_id text not null,
  primary key (purge_id, user_id)
);

-- What belongs to one user is found by it.
drop index seen_by_message_id;
create index seen_by_message_id on seen (user_id, message_id_hash);
create index transmit_logs_by_user on transmit_logs (user_id);
create index dead_letters_by_user on dead_letters (user_id);
create index outbox_by_user on outbox ((payload ->> 'user_id')) where kind = 'event';
