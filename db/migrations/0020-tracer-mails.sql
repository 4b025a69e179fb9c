-- Tracers on their way: whether they go on to the partner's endpoint, what became of their mail, why one was not sent.

-- True: a tracer of this user is delivered like any other mail, which tests the delivery, too.
alter table users add column deliver_tracers boolean not null default false;
drop trigger users_update on users;
create trigger users_update
  before update of connection_id, tag, email, login_username, sealed_login_password, archived_at, enable_tracer,
    deliver_tracers, imap_host, imap_port, imap_security, credentials_at, paused_at
  on users for each row execute function touch_user();

-- As its user was when it was sent.
alter table tracer_logs add column delivery_test boolean not null default false;
-- Of the mail that it became.
alter table tracer_logs add column event_id text;
-- Null: the mail server took it, or is being asked.
alter table tracer_logs add column send_error text;

-- What is looked for again and again: few rows, whatever the log holds.
create index tracer_logs_unseen on tracer_logs (sent_at) where seen_at is null and send_error is null;
create index tracer_logs_unanswered on tracer_logs (sent_at)
where delivery_test and published_at is not null and answered_at is null;
