-- When the event of a new mail was made, for the way to its webhook. Null for other kinds, and for
-- attempts that were recorded before.
alter table transmit_logs add column event_at timestamptz;
