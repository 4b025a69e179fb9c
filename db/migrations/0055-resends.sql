-- When an admin asked for a delivered mail to be sent again. The mail is then queued and has no
-- sequence, until the instance that watches its user has fetched and published it.
alter table mail_logs add column resend_requested_at timestamptz;
create index mail_logs_to_resend on mail_logs (resend_requested_at, event_id)
where state = 'queued' and stream_seq is null and resend_requested_at is not null;
