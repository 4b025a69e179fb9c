-- What each attempt sent, and the headers of the answer, without secrets. Null in attempts that an
-- earlier version recorded.
alter table transmit_logs add column request jsonb;
alter table transmit_logs add column answer_headers jsonb;
