-- Mail that could not be fetched, and when it is tried again. Until then its state in mail_logs is
-- `parked`.
create table parked_mails (
  event_id text primary key,
  user_id text not null references users on delete cascade,
  mailbox text not null,
  uid_validity bigint not null,
  uid bigint not null,
  -- The date by which the mail is found if UIDVALIDITY changes.
  internal_date timestamptz not null,
  tries integer not null default 0,
  next_try_at timestamptz not null
);
create index parked_mails_by_user on parked_mails (user_id, mailbox, next_try_at);

-- When the user's mail server last sent anything. Updated every few minutes.
alter table users add column last_heard_at timestamptz;
