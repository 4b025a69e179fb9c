-- When the mail was recorded for the first time. Null while recorded_at is that time: recorded_at
-- changes when the mail is queued again.
alter table mail_logs add column first_recorded_at timestamptz;

-- For the list of events: by partner, by Message-ID, and the states that few mails have. A
-- Message-ID may be longer than an entry of an index can be.
create index mail_logs_by_partner on mail_logs (partner_id, recorded_at desc, event_id desc);
create index mail_logs_by_message_id on mail_logs (left(lower(message_id), 128) collate "C");
create index mail_logs_by_state on mail_logs (state, recorded_at desc, event_id desc)
where state in ('dead', 'skipped', 'parked', 'lost');
create index user_events_by_partner on user_events (partner_id, created_at desc, event_id desc);

-- For the list of attempts.
create index transmit_logs_failures on transmit_logs (attempted_at desc, event_id desc)
where outcome <> 'delivered';

-- The users of a domain.
create index users_by_email_domain on users (split_part(lower(email), '@', 2));
