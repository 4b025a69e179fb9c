-- When mail that could not be fetched is tried again. Its row in mail_logs says `parked` meanwhile.
create table parked_mails (
  event_id text primary key,
  user_id text not null references users on delete cascade,
  mailbox text not null,
  uid_validity bigint not null,
  uid bigint not null,
  -- Where to look for it by date, should UIDVALIDITY change.
  internal_date timestamptz not null,
  tries integer not null default 0,
  next_try_at timestamptz not null
);
create index parked_mails_by_user on parked_mails (user_id, mailbox, next_try_at);

-- When the user's mail server last said anything; written once in some minutes.
alter table users add column last_heard_at timestamptz;
