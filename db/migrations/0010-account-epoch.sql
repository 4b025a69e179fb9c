-- The accounts that a user has had. A cursor and an event id belong to one of them: another account
-- may count from the same UIDVALIDITY, and its mail must not count as known.
create table user_accounts (
  user_id text not null references users on delete cascade,
  epoch integer not null check (epoch >= 0),
  -- Hex SHA-256 of the login name: shows whether an account is the same, even after the user
  -- disconnected.
  login_hash text not null,
  -- host:port of the user's own server; empty for the provider's server.
  server text not null,
  -- Mail that is older than this time is not delivered. Null: mail that is older than the user is not.
  watch_from timestamptz,
  primary key (user_id, epoch),
  unique (user_id, login_hash, server)
);

insert into user_accounts (user_id, epoch, login_hash, server)
select id, 0, encode(sha256(convert_to(coalesce(login_username, lower(email)), 'UTF8')), 'hex'),
       coalesce(imap_host || ':' || imap_port, '')
from users
where (login_username is not null and sealed_login_password is not null)
  or (coalesce(login_username, email) is not null
      and coalesce(sealed_refresh_token, sealed_oauth1_token) is not null);

-- The current account.
alter table users add column account_epoch integer not null default 0;

alter table cursors add column account_epoch integer not null default 0;
alter table cursors drop constraint cursors_pkey;
alter table cursors add primary key (user_id, account_epoch, mailbox);

-- The account whose mailbox a sweep reads; null before it began.
alter table sweeps add column account_epoch integer;
update sweeps set account_epoch = 0 where mailbox is not null;
