-- Creates a partition as a separate table and then attaches it. ATTACH allows reads and writes
-- meanwhile. CREATE TABLE … PARTITION OF would wait for all readers of the parent table, for
-- example for a whole dump, and would block all other statements behind it. The function waits at
-- most half a second for writers to users and for statements that alter the parent table. If it
-- gets no lock, it stops, and the next call continues.
create or replace function ensure_day_partitions(days_ahead integer) returns void language plpgsql
set lock_timeout = '500ms' as $$
declare
  today date := (now() at time zone 'utc')::date;
  parent text;
  name text;
  day date;
begin
  -- The lock comes before the check, because another process may be creating the same partition.
  begin
    perform pg_advisory_xact_lock(hashtext('ensure_day_partitions'));
  exception when lock_not_available then
    return;
  end;
  foreach parent in array array['mail_logs', 'transmit_logs'] loop
    for day in
      select missing::date from generate_series(today - 4, today + days_ahead, '1 day') as missing
      where to_regclass(format('%I', parent || '_' || to_char(missing, 'YYYYMMDD'))) is null
    loop
      name := parent || '_' || to_char(day, 'YYYYMMDD');
      begin
        execute format('create table %I (like %I including defaults including constraints including storage)', name, parent);
        execute format(
          'alter table %I attach partition %I for values from (%L) to (%L)',
          parent, name, day::timestamp at time zone 'utc', (day + 1)::timestamp at time zone 'utc');
      exception when lock_not_available then
        raise warning 'Cannot make the partition %: others hold its locks', name;
        exit;
      end;
    end loop;
  end loop;
end $$;
