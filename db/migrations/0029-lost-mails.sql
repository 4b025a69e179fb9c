-- A mail whose event NATS lost, and which its mailbox no longer has, comes to an end of its own: `lost`. The check of
-- the states that there were goes; the states are those of MAIL_STATES in db/schema.ts.
alter table mail_logs drop constraint mail_logs_state_check;
create index mail_logs_lost on mail_logs (partner_id, change_seq, event_id) where state = 'lost';
