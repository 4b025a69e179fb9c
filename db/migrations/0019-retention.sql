-- For retention, which deletes old rows of growing tables.

-- Work that one instance at a time does regularly for the whole fleet.
create table rounds (
  name text primary key,
  -- When the work is due next. While the work runs: when another instance may begin it, because the
  -- running one has probably crashed.
  due_at timestamptz not null
);

-- Find the oldest rows.
create index seen_by_age on seen (seen_at);
create index user_events_by_age on user_events (created_at);
create index audit_log_by_age on audit_log (at);

-- Also creates partitions of past days: an attempt may be written three days late, since ATTEMPTS
-- keeps it that long. The lock allows one instance at a time, because all instances may call this
-- at the same time.
create or replace function ensure_day_partitions(days_ahead integer) returns void language plpgsql as $$
declare
  today date := (now() at time zone 'utc')::date;
  parent text;
  day date;
begin
  perform pg_advisory_xact_lock(hashtext('ensure_day_partitions'));
  foreach parent in array array['mail_logs', 'transmit_logs'] loop
    for day in select generate_series(today - 4, today + days_ahead, '1 day')::date
    loop
      if to_regclass(format('%I', parent || '_' || to_char(day, 'YYYYMMDD'))) is null then
        execute format(
          'create table %I partition of %I for values from (%L) to (%L)',
          parent || '_' || to_char(day, 'YYYYMMDD'), parent,
          day::timestamp at time zone 'utc', (day + 1)::timestamp at time zone 'utc');
      end if;
    end loop;
  end loop;
end $$;
