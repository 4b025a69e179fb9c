-- Adds a final state for a mail whose event NATS lost and which is no longer in its mailbox:
-- `lost`. The check of the states is removed here. MAIL_STATES in db/mail/tables.ts lists the
-- states.
alter table mail_logs drop constraint mail_logs_state_check;
create index mail_logs_lost on mail_logs (partner_id, change_seq, event_id) where state = 'lost';
