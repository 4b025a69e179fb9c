-- Permanent removal. A removed connection and its users are no longer visible. A user that is
-- removed alone moves into a removed connection of its own. The fleet then deletes the data.

alter table partner_connections add column removed_at timestamptz;
alter table partner_connections drop constraint partner_connections_partner_id_provider_id_key;
create unique index partner_connections_pair on partner_connections (partner_id, provider_id)
where removed_at is null;
create index partner_connections_removed on partner_connections (id) where removed_at is not null;

create table purges (
  id text primary key,
  partner_id text not null references partners on delete cascade,
  -- The removed connection. It is deleted after its last user.
  connection_id text not null,
  scope text not null check (scope in ('user', 'connection')),
  -- The id of the removed user or connection.
  subject_id text not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'finished')),
  total integer not null,
  done integer not null default 0,
  -- The numbers of deleted rows and messages, for the audit log.
  mails integer not null default 0,
  attempts integer not null default 0,
  dead_letters integer not null default 0,
  messages integer not null default 0,
  created_at timestamptz not null default now(),
  -- The end of the lease of the instance that works on the purge. After it, another instance may
  -- claim the purge.
  leased_until timestamptz,
  -- When the purge ends. Data that was still in progress when the last user was deleted has arrived
  -- by then, and is deleted, too.
  settle_at timestamptz,
  finished_at timestamptz,
  check ((finished_at is null) = (state in ('waiting', 'running')))
);
create index purges_open on purges (created_at) where finished_at is null;
create index purges_by_partner on purges (partner_id, id);

-- Users that a purge has deleted. At its end, the purge checks again for data of these users.
create table purged_users (
  purge_id text not null references purges on delete cascade,
  user_id text not null,
  primary key (purge_id, user_id)
);

-- Indexes that find the rows of one user.
drop index seen_by_message_id;
create index seen_by_message_id on seen (user_id, message_id_hash);
create index transmit_logs_by_user on transmit_logs (user_id);
create index dead_letters_by_user on dead_letters (user_id);
create index outbox_by_user on outbox ((payload ->> 'user_id')) where kind = 'event';
