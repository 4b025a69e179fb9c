-- Whether tracers are delivered to the partner's endpoint, their event ids, and why a tracer was
-- not sent.

-- Whether this user's tracers are delivered like other mail, which also tests the delivery.
alter table users add column deliver_tracers boolean not null default false;
drop trigger users_update on users;
create trigger users_update
  before update of connection_id, tag, email, login_username, sealed_login_password, archived_at, enable_tracer,
    deliver_tracers, imap_host, imap_port, imap_security, credentials_at, paused_at
  on users for each row execute function touch_user();

-- The value of the user's deliver_tracers when the tracer was sent.
alter table tracer_logs add column delivery_test boolean not null default false;
-- The event id of the tracer's mail.
alter table tracer_logs add column event_id text;
-- Why the tracer was not sent. Null when the mail server accepted it or has not answered yet.
alter table tracer_logs add column send_error text;

-- For frequent searches. These indexes stay small even when the table is large.
create index tracer_logs_unseen on tracer_logs (sent_at) where seen_at is null and send_error is null;
create index tracer_logs_unanswered on tracer_logs (sent_at)
where delivery_test and published_at is not null and answered_at is null;
