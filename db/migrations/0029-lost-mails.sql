-- A mail whose event NATS lost, and which is no longer in its mailbox, gets its own final state:
-- `lost`. The old check of the states is dropped; the states are in MAIL_STATES in
-- db/mail/tables.ts.
alter table mail_logs drop constraint mail_logs_state_check;
create index mail_logs_lost on mail_logs (partner_id, change_seq, event_id) where state = 'lost';
