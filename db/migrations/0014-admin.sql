-- The admins of the installation: accounts, sessions, and what they changed.

create table admin_users (
  id text primary key,
  email text not null,
  name text not null,
  -- The scrypt hash, with its parameters and salt.
  password_hash text not null,
  -- default: the default password of development. one_time: another admin or a command set it, and
  -- the admin must change it. chosen: the admin chose it.
  password_kind text not null check (password_kind in ('default', 'one_time', 'chosen')),
  password_changed_at timestamptz not null default now(),
  -- The secret of the second factor (TOTP). The second factor is on after the admin has confirmed
  -- it.
  sealed_totp_secret text,
  totp_confirmed_at timestamptz,
  -- The 30-second step of the last accepted code. Codes of this step and of earlier steps are
  -- refused.
  totp_last_step bigint not null default 0,
  -- Hex SHA-256 of each recovery code. A used code is removed.
  recovery_code_hashes text[] not null default '{}',
  -- Failed tries since the last sign-in, including tries in progress.
  failed_tries integer not null default 0,
  locked_until timestamptz,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index admin_users_email on admin_users (lower(email));

create table admin_sessions (
  id text primary key,
  admin_id text not null references admin_users on delete cascade,
  -- Hex SHA-256 of the token in the cookie.
  token_hash text not null unique,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  user_agent text,
  -- The network that contains the client's address. The address itself is not stored.
  network text,
  revoked_at timestamptz
);
create index admin_sessions_by_admin on admin_sessions (admin_id);
create index admin_sessions_by_age on admin_sessions (created_at);

-- The values of the changed fields, before and after the change, without secrets.
alter table audit_log add column before jsonb, add column after jsonb;
create index audit_log_by_actor on audit_log (actor, id desc);
create index audit_log_by_action on audit_log (action, id desc);
