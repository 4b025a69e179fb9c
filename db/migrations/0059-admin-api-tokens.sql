-- Tokens with which programs use the admin API in the name of an admin.
create table admin_api_tokens (
  id text primary key,
  admin_id text not null references admin_users on delete cascade,
  name text not null,
  -- The token may do what both this role and the admin's own role allow.
  role text not null check (role in ('viewer', 'support', 'operator', 'owner')),
  -- Hex SHA-256 of the token.
  token_hash text not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- Written at most once a minute.
  last_used_at timestamptz
);
create index admin_api_tokens_by_admin on admin_api_tokens (admin_id);
