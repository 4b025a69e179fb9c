-- The first tables: from an API call to a delivered webhook. The application creates the id of a
-- row before the insert, because a sealed secret is bound to its row.

create table imap_providers (
  id text primary key,
  code text not null unique,
  title text not null,
  kind text not null check (kind in ('plain', 'oauth2', 'oauth1')),
  enabled boolean not null default true,
  imap_host text not null,
  imap_port integer not null check (imap_port between 1 and 65535),
  imap_security text not null check (imap_security in ('tls', 'starttls', 'none')),
  smtp_host text,
  smtp_port integer check (smtp_port between 1 and 65535),
  smtp_starttls boolean not null default true,
  oauth_authorize_url text,
  oauth_token_url text,
  oauth_revoke_url text,
  oauth_scopes text,
  sasl_mechanism text check (sasl_mechanism in ('XOAUTH2', 'OAUTHBEARER', 'XOAUTH')),
  -- The number of minutes after which an IDLE command is renewed.
  idle_minutes integer not null default 9 check (idle_minutes between 1 and 29),
  -- Logins per second of the whole fleet. Null means the fleet's setting LOGIN_RATE.
  login_rate integer check (login_rate > 0),
  created_at timestamptz not null default now()
);

create table partners (
  id text primary key,
  name text not null,
  success_url text,
  failure_url text,
  allowed_origins text[] not null default '{}',
  -- When a webhook is blank, no events of its kind are sent.
  new_mail_webhook text,
  user_connected_webhook text,
  user_disconnected_webhook text,
  user_auth_failed_webhook text,
  sealed_webhook_secret text not null,
  sealed_previous_webhook_secret text,
  previous_webhook_secret_until timestamptz,
  payload_format text not null default 'superimap' check (payload_format in ('superimap', 'raw', 'parsed')),
  paused_at timestamptz,
  created_at timestamptz not null default now()
);

create table api_keys (
  id text primary key,
  partner_id text not null references partners on delete cascade,
  prefix text not null,
  -- Hex SHA-256 of the key. It finds the partner of a request.
  key_hash text not null unique,
  -- The key itself, sealed. It signs the bodies of webhooks.
  sealed_key text not null,
  signing boolean not null default false,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_keys_partner on api_keys (partner_id);

create table partner_connections (
  id text primary key,
  partner_id text not null references partners on delete cascade,
  provider_id text not null references imap_providers,
  oauth2_client_id text,
  sealed_oauth2_client_secret text,
  created_at timestamptz not null default now(),
  unique (partner_id, provider_id)
);

create table users (
  id text primary key,
  connection_id text not null references partner_connections on delete cascade,
  tag text not null check (length(tag) between 1 and 255),
  email text check (length(email) between 3 and 320),
  login_username text,
  sealed_login_password text,
  state text not null default 'new'
    check (state in ('new', 'connecting', 'watching', 'backoff', 'auth_failed', 'unreachable', 'paused', 'archived')),
  state_reason text,
  state_changed_at timestamptz not null default now(),
  connected_at timestamptz,
  last_login_at timestamptz,
  last_email_at timestamptz,
  archived_at timestamptz,
  restored_at timestamptz,
  enable_tracer boolean not null default false,
  created_at timestamptz not null default now(),
  -- The transaction that last changed a column that the fleet uses. touch_user() sets it.
  change_seq bigint not null default 0
);
create unique index users_living_tag on users (connection_id, lower(tag)) where archived_at is null;
create unique index users_living_email on users (connection_id, lower(email)) where archived_at is null;
create index users_by_connection on users (connection_id, id);
create index users_by_tag on users (connection_id, lower(tag));
create index users_by_change on users (change_seq);

-- The ids of removed users, so that instances that still watch them stop. Rows are kept for a day.
create table removed_users (
  user_id text primary key,
  change_seq bigint not null,
  removed_at timestamptz not null default now()
);
create index removed_users_by_change on removed_users (change_seq);

-- change_seq is the id of the changing transaction. A transaction gets its id when it begins, not
-- when it commits. So readers stop at pg_snapshot_xmin(): all transactions with lower ids have
-- ended. With a sequence instead, a slow transaction could commit a number that readers have
-- already passed.
create function touch_user() returns trigger language plpgsql as $$
begin
  new.change_seq := pg_current_xact_id()::text::bigint;
  return new;
end $$;

create trigger users_insert before insert on users for each row execute function touch_user();
create trigger users_update
  before update of connection_id, tag, email, login_username, sealed_login_password, archived_at, enable_tracer
  on users for each row execute function touch_user();

create function bury_user() returns trigger language plpgsql as $$
begin
  insert into removed_users (user_id, change_seq) values (old.id, pg_current_xact_id()::text::bigint)
  on conflict (user_id) do nothing;
  return old;
end $$;
create trigger users_delete after delete on users for each row execute function bury_user();

-- How far a mailbox is read: every UID up to last_uid is recorded in mail_logs or never existed.
create table cursors (
  user_id text not null references users on delete cascade,
  mailbox text not null,
  uid_validity bigint not null,
  last_uid bigint not null,
  last_internal_date timestamptz,
  updated_at timestamptz not null default now(),
  primary key (user_id, mailbox)
);

-- The records by which duplicate mails are found. The table is not partitioned, because a unique
-- key of a partitioned table would have to contain the day. The hash and sha1 are null when a mail
-- was not delivered, so that it does not count as the original of a duplicate.
create table seen (
  event_id text primary key,
  user_id text not null references users on delete cascade,
  message_id_hash text,
  sha1 text,
  seen_at timestamptz not null default now()
);
create index seen_by_message_id on seen (user_id, message_id_hash) where message_id_hash is not null;
create index seen_by_sha1 on seen (user_id, sha1) where sha1 is not null;

-- One row for each message that was found in a mailbox.
create table mail_logs (
  event_id text not null,
  recorded_at timestamptz not null default now(),
  user_id text not null references users on delete cascade,
  mailbox text not null,
  uid_validity bigint not null,
  uid bigint not null,
  message_id text,
  sha1 text,
  size_bytes bigint not null,
  internal_date timestamptz not null,
  -- The event's sequence in EVENTS. If the stream was lost, sequences start again at 1, so compare
  -- the message id, too.
  stream_seq bigint,
  state text not null check (state in ('queued', 'delivered', 'dead', 'skipped', 'parked')),
  reason text,
  primary key (event_id, recorded_at)
) partition by range (recorded_at);
create index mail_logs_by_user on mail_logs (user_id, recorded_at desc);

-- One row for each attempt to deliver a webhook.
create table transmit_logs (
  event_id text not null,
  attempt integer not null,
  attempted_at timestamptz not null,
  partner_id text not null references partners on delete cascade,
  user_id text not null,
  -- The HTTP status. Null when there was no response; `error` then gives the reason.
  status integer,
  error text,
  duration_ms integer not null,
  -- The first 1,024 characters of the response body.
  answer text,
  outcome text not null check (outcome in ('delivered', 'archived', 'retry', 'dead')),
  primary key (event_id, attempt, attempted_at)
) partition by range (attempted_at);
create index transmit_logs_by_partner on transmit_logs (partner_id, attempted_at desc);

create function ensure_day_partitions(days_ahead integer) returns void language plpgsql as $$
declare
  parent text;
  day date;
begin
  foreach parent in array array['mail_logs', 'transmit_logs'] loop
    for day in
      select generate_series(
        (now() at time zone 'utc')::date - 1, (now() at time zone 'utc')::date + days_ahead, '1 day')::date
    loop
      if to_regclass(format('%I', parent || '_' || to_char(day, 'YYYYMMDD'))) is null then
        execute format(
          'create table %I partition of %I for values from (%L) to (%L)',
          parent || '_' || to_char(day, 'YYYYMMDD'), parent,
          day::timestamp at time zone 'utc', (day + 1)::timestamp at time zone 'utc');
      end if;
    end loop;
  end loop;
end $$;
select ensure_day_partitions(7);

create table dead_letters (
  event_id text primary key,
  partner_id text not null references partners on delete cascade,
  user_id text not null,
  kind text not null,
  -- The sequence of the letter in the stream DEAD.
  stream_seq bigint not null,
  attempts integer not null,
  last_error text not null,
  died_at timestamptz not null,
  redelivered_at timestamptz
);
create index dead_letters_by_partner on dead_letters (partner_id, died_at desc);

-- Messages from Postgres to NATS. Events are kept until they are delivered or dead. Pokes
-- (notifications) are deleted after they are published.
create table outbox (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('event', 'users_changed', 'partner_changed')),
  partner_id text not null references partners on delete cascade,
  event_id text unique,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  published_at timestamptz,
  stream_seq bigint,
  check ((kind = 'event') = (event_id is not null))
);
create index outbox_waiting on outbox (id) where published_at is null;

-- Requests from the edge to the fleet. The request is sealed for the fleet, and the answer for the
-- edge.
create table commands (
  id text primary key,
  kind text not null,
  sealed_request text not null,
  sealed_answer text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  taken_at timestamptz,
  answered_at timestamptz
);
create index commands_waiting on commands (created_at) where taken_at is null;

-- A copy of the instances' heartbeats, for the admin pages. The heartbeats in NATS decide which
-- instances are alive.
create table fleet_instances (
  id text primary key,
  role text not null,
  state text not null,
  capacity integer not null,
  users_held integer not null,
  heartbeat_at timestamptz not null
);

create table audit_log (
  id text primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject_type text not null,
  subject_id text not null,
  details jsonb not null default '{}'
);
create index audit_log_by_subject on audit_log (subject_type, subject_id, at desc);
