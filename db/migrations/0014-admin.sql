-- The admins of the installation: accounts, sessions, and what they changed.

create table admin_users (
  id text primary key,
  email text not null,
  name text not null,
  -- scrypt, with its parameters and salt.
  password_hash text not null,
  -- default: development's own; one_time: made for the admin, who must change it; chosen: by the admin.
  password_kind text not null check (password_kind in ('default', 'one_time', 'chosen')),
  password_changed_at timestamptz not null default now(),
  -- The second factor; it counts from its confirmation on.
  sealed_totp_secret text,
  totp_confirmed_at timestamptz,
  -- Of the last code that was taken: the number of its half minute. No code is taken twice.
  totp_last_step bigint not null default 0,
  -- Hex SHA-256; a code that was used is gone.
  recovery_code_hashes text[] not null default '{}',
  -- Since the last sign-in, those that are being checked included.
  failed_tries integer not null default 0,
  locked_until timestamptz,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index admin_users_email on admin_users (lower(email));

create table admin_sessions (
  id text primary key,
  admin_id text not null references admin_users on delete cascade,
  -- Hex SHA-256 of what the cookie carries.
  token_hash text not null unique,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  user_agent text,
  -- The network that the address belongs to, not the address.
  network text,
  revoked_at timestamptz
);
create index admin_sessions_by_admin on admin_sessions (admin_id);
create index admin_sessions_by_age on admin_sessions (created_at);

-- What a change replaced, and by what; without secrets.
alter table audit_log add column before jsonb, add column after jsonb;
create index audit_log_by_actor on audit_log (actor, id desc);
create index audit_log_by_action on audit_log (action, id desc);
