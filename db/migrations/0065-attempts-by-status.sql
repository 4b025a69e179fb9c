-- For the list of attempts by HTTP status. Nearly all attempts are answered with 200, and those are
-- found by time.
create index transmit_logs_by_status on transmit_logs (status, attempted_at desc, event_id desc)
where status is null or status <> 200;
