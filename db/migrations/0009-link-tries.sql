-- Counts the logins that were tried with each link of the hosted form. Their number is limited, so
-- that nobody can guess passwords with a link.
create table link_tries (
  link_id text primary key,
  tries integer not null default 1,
  expires_at timestamptz not null
);
create index link_tries_by_expiry on link_tries (expires_at);
