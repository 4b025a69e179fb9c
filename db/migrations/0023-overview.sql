-- What the overview shows of all traffic and of each instance.

-- One row a minute of the clock, once it is over, even if nothing happened: the fleet counts, so that nobody who
-- looks has to. Mails by when they were recorded, all else by when the attempt began.
create table traffic_minutes (
  minute timestamptz primary key,
  mails integer not null,
  attempts integer not null,
  -- Attempts that did not succeed.
  failed integer not null,
  -- From a mail's record to the success of its webhook; null where none succeeded.
  way_p50_ms integer,
  way_p99_ms integer
);

-- What an instance says of itself; null: it is of an earlier version, or does not know.
alter table fleet_instances add column version text;
alter table fleet_instances add column region text;
alter table fleet_instances add column nats_version text;
