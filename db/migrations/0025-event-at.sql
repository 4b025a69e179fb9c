-- When the event of a new mail was created, to measure the time until its delivery. Null for other
-- kinds of events, and for attempts recorded before this migration.
alter table transmit_logs add column event_at timestamptz;
