-- Makes change_seq continue over a restore. It was only the id of a transaction. But a cluster that
-- a dump is restored into counts these ids from the beginning, and a cluster that goes back to an
-- earlier moment counts from there. So the ids are added to a base. A restore raises the base far
-- above everything that was ever read, so that all later changes come after it: a partner continues
-- from its cursor and misses nothing.
create table change_timeline (
  -- There is one row.
  id boolean primary key default true check (id),
  base bigint not null,
  -- The highest change_seq that was checked from time to time.
  seen_seq bigint not null,
  -- Different values mean a restore. Null when they cannot be read.
  system_identifier text,
  timeline_id integer,
  began_at timestamptz not null default now()
);
-- A dump of an earlier version may just have been restored: then its rows have higher numbers than
-- this cluster.
insert into change_timeline (base, seen_seq)
select base, base + xid
from (
  select xid, case when newest > xid then newest + 1099511627776 else 0 end as base
  from (
    select pg_current_xact_id()::text::bigint as xid, greatest(
      (select max(change_seq) from mail_logs), (select max(change_seq) from user_events),
      (select max(change_seq) from users), (select max(change_seq) from removed_users), 0) as newest
  ) as numbers
) as beginning;

-- Volatile, so that it sees the current base and not that of the statement's start. A transaction
-- that raises the base waits until none with the old base is running, and blocks readers meanwhile.
create function change_seq_now() returns bigint language sql volatile
  as 'select pg_current_xact_id()::text::bigint + base from public.change_timeline';

-- All transactions below it have ended.
create function change_seq_horizon() returns bigint language sql stable
  as 'select pg_snapshot_xmin(pg_current_snapshot())::text::bigint + base from public.change_timeline';

-- Checks whether the database was restored, and if so, or if is_restored, raises the base. Returns
-- whether it was raised.
create function keep_timeline(is_restored boolean) returns boolean language plpgsql
set lock_timeout = '5s' as $$
declare
  -- More transactions than any restore undoes.
  gap constant bigint := 1099511627776;
  known public.change_timeline%rowtype;
  identifier text;
  line integer;
  next_xid bigint;
begin
  begin
    select system_identifier::text into identifier from pg_control_system();
    select timeline_id into line from pg_control_checkpoint();
  exception when insufficient_privilege or undefined_function or feature_not_supported then
    null;
  end;
  for attempt in 1..2 loop
    select * into strict known from public.change_timeline;
    next_xid := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
    if not is_restored
      and next_xid + known.base >= known.seen_seq
      and coalesce(identifier = known.system_identifier, true)
      and coalesce(line = known.timeline_id, true)
    then
      if next_xid + known.base > known.seen_seq + 1000
        or identifier is distinct from known.system_identifier or line is distinct from known.timeline_id
      then
        update public.change_timeline
        set seen_seq = greatest(seen_seq, next_xid + base), system_identifier = identifier, timeline_id = line;
      end if;
      return false;
    end if;
    -- With the lock, all transactions that read the base have ended, and new ones wait. Check
    -- again, since another process may have raised it.
    lock table public.change_timeline in access exclusive mode;
  end loop;
  update public.change_timeline
  set base = greatest(known.seen_seq, next_xid + known.base) + gap,
      seen_seq = greatest(known.seen_seq, next_xid + known.base) + gap + next_xid,
      system_identifier = identifier, timeline_id = line, began_at = now();
  return true;
end $$;
select keep_timeline(false);

alter table mail_logs alter column change_seq set default change_seq_now();
alter table user_events alter column change_seq set default change_seq_now();

create or replace function touch_user() returns trigger language plpgsql as $$
begin
  new.change_seq := public.change_seq_now();
  return new;
end $$;

create or replace function bury_user() returns trigger language plpgsql as $$
begin
  insert into removed_users (user_id, change_seq) values (old.id, public.change_seq_now())
  on conflict (user_id) do nothing;
  return old;
end $$;
