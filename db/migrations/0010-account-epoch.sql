-- The mail accounts that a user has had. Cursors and event ids belong to one account. Another
-- account may have the same UIDVALIDITY and UIDs, and its mail must not count as known.
create table user_accounts (
  user_id text not null references users on delete cascade,
  epoch integer not null check (epoch >= 0),
  -- Hex SHA-256 of the login name. It shows whether an account is the same, even after the user has
  -- disconnected.
  login_hash text not null,
  -- host:port of the user's own mail server. Empty means the provider's server.
  server text not null,
  -- Mail older than this time is not delivered. Null means the time when the user was created.
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

-- The number of the user's current account.
alter table users add column account_epoch integer not null default 0;

alter table cursors add column account_epoch integer not null default 0;
alter table cursors drop constraint cursors_pkey;
alter table cursors add primary key (user_id, account_epoch, mailbox);

-- The account whose mailbox a sweep reads. Null until the sweep begins.
alter table sweeps add column account_epoch integer;
update sweeps set account_epoch = 0 where mailbox is not null;
