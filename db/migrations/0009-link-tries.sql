-- Refused logins that were given to the hosted form under one link, so that a link is no means of guessing.
create table link_tries (
  link_id text primary key,
  tries integer not null default 1,
  expires_at timestamptz not null
);
create index link_tries_by_expiry on link_tries (expires_at);
