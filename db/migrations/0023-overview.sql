-- The data of the overview: all traffic, and each instance.

-- One row per minute of the clock, written after its end even if nothing happened. The fleet counts
-- once, so that the pages need not. Mails by the time of their record, everything else by the time
-- when the attempt began.
create table traffic_minutes (
  minute timestamptz primary key,
  mails integer not null,
  attempts integer not null,
  -- Attempts that did not succeed.
  failed integer not null,
  -- From a mail's record to the success of its webhook; null when none succeeded.
  way_p50_ms integer,
  way_p99_ms integer
);

-- Reported by the instance; null when it has an earlier version or does not know.
alter table fleet_instances add column version text;
alter table fleet_instances add column region text;
alter table fleet_instances add column nats_version text;
