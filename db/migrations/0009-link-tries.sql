-- Counts the refused logins per link of the hosted form, so that passwords cannot be guessed with a
-- link.
create table link_tries (
  link_id text primary key,
  tries integer not null default 1,
  expires_at timestamptz not null
);
create index link_tries_by_expiry on link_tries (expires_at);
