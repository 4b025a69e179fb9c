-- For the admin pages: tracers, retries, and the counts of the last hour.

-- One row per tracer: a mail that the fleet sends to a tracer user to measure latency.
create table tracer_logs (
  uid text primary key,
  user_id text not null references users on delete cascade,
  sent_at timestamptz not null,
  -- When the tracer appeared in its mailbox, when its event was stored, and when its webhook was
  -- answered with success.
  seen_at timestamptz,
  published_at timestamptz,
  answered_at timestamptz
);
create index tracer_logs_by_time on tracer_logs (sent_at desc, uid desc);
create index tracer_logs_by_user on tracer_logs (user_id, sent_at desc, uid desc);

-- When the next attempt is due. Null when there is none.
alter table transmit_logs add column next_attempt_at timestamptz;
create index transmit_logs_retries on transmit_logs (attempted_at desc, event_id desc)
where outcome in ('retry', 'held');

create index transmit_logs_by_time on transmit_logs (attempted_at) include (outcome, duration_ms);
create index mail_logs_by_time on mail_logs (recorded_at) where state in ('queued', 'delivered', 'dead');

create index dead_letters_by_time on dead_letters (died_at desc, event_id desc)
where delete_requested_at is null;
create index dead_letters_waiting on dead_letters (partner_id)
where redelivered_at is null and redeliver_requested_at is null and delete_requested_at is null;
