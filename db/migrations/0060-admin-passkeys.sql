-- Passkeys of admins (WebAuthn).
create table admin_passkeys (
  id text primary key,
  admin_id text not null references admin_users on delete cascade,
  name text not null,
  -- The credential's id, and its public key as COSE_Key (RFC 9052, 7), both base64url.
  credential_id text not null unique,
  public_key text not null,
  -- How often the authenticator has signed; 0 for those that do not count, as synced passkeys.
  counter bigint not null,
  transports text[] not null default '{}',
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);
create index admin_passkeys_by_admin on admin_passkeys (admin_id);

-- Challenges that were answered. None is accepted twice. Hex SHA-256.
create table admin_used_challenges (
  hash text primary key,
  used_at timestamptz not null default now()
);
create index admin_used_challenges_by_age on admin_used_challenges (used_at);
