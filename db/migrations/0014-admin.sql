-- The admins of the installation: accounts, sessions, and what they changed.

create table admin_users (
  id text primary key,
  email text not null,
  name text not null,
  -- scrypt, with its parameters and salt.
  password_hash text not null,
  -- default: the one of development; one_time: created for the admin, who must change it; chosen:
  -- by the admin.
  password_kind text not null check (password_kind in ('default', 'one_time', 'chosen')),
  password_changed_at timestamptz not null default now(),
  -- The second factor; it is on after its confirmation.
  sealed_totp_secret text,
  totp_confirmed_at timestamptz,
  -- The half minute of the last accepted code. No code is accepted twice.
  totp_last_step bigint not null default 0,
  -- Hex SHA-256. A used code is removed.
  recovery_code_hashes text[] not null default '{}',
  -- Failed tries since the last sign-in, including those in progress.
  failed_tries integer not null default 0,
  locked_until timestamptz,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index admin_users_email on admin_users (lower(email));

create table admin_sessions (
  id text primary key,
  admin_id text not null references admin_users on delete cascade,
  -- Hex SHA-256 of the cookie's token.
  token_hash text not null unique,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  user_agent text,
  -- The network of the address, not the address.
  network text,
  revoked_at timestamptz
);
create index admin_sessions_by_admin on admin_sessions (admin_id);
create index admin_sessions_by_age on admin_sessions (created_at);

-- The values before and after a change, without secrets.
alter table audit_log add column before jsonb, add column after jsonb;
create index audit_log_by_actor on audit_log (actor, id desc);
create index audit_log_by_action on audit_log (action, id desc);
