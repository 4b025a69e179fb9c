-- Keeps change_seq growing after a restore. So far it was the id of a transaction. A cluster into
-- which a dump is restored counts these ids from the beginning. A cluster that goes back to an
-- earlier moment counts from there. So from now on, change_seq is the id plus a base. A restore
-- raises the base far above every number that was ever read. So all later changes have higher
-- numbers, and a partner that continues from its cursor misses nothing.
create table change_timeline (
  -- The table has only one row.
  id boolean primary key default true check (id),
  base bigint not null,
  -- The highest change_seq that keep_timeline() has seen. It is updated from time to time.
  seen_seq bigint not null,
  -- If these values of the cluster have changed, the database was restored. Null when they cannot
  -- be read.
  system_identifier text,
  timeline_id integer,
  began_at timestamptz not null default now()
);
-- A dump of an earlier version may have been restored just before. Its rows then have higher
-- numbers than the transaction ids of this cluster.
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

-- The function is volatile, so that it reads the current base and not the base at the start of the
-- statement. A transaction that raises the base waits until all transactions with the old base have
-- ended, and blocks readers meanwhile.
create function change_seq_now() returns bigint language sql volatile
  as 'select pg_current_xact_id()::text::bigint + base from public.change_timeline';

-- All transactions with a lower change_seq have ended.
create function change_seq_horizon() returns bigint language sql stable
  as 'select pg_snapshot_xmin(pg_current_snapshot())::text::bigint + base from public.change_timeline';

-- Checks whether the database was restored. If it was, or if is_restored is true, raises the base.
-- Returns whether the base was raised.
create function keep_timeline(is_restored boolean) returns boolean language plpgsql
set lock_timeout = '5s' as $$
declare
  -- A number larger than the number of transactions that a restore can undo.
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
    -- Once the lock is granted, all transactions that read the base have ended, and new ones wait.
    -- The loop then checks again, since another process may have raised the base.
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
