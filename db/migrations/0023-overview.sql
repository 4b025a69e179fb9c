-- Data for the overview page: the traffic of each minute, and details of each instance.

-- One row per clock minute, written after the minute has ended, even if nothing happened. The fleet
-- counts once, so that the admin pages need not count. A mail counts in the minute when it was
-- recorded. An attempt counts in the minute when it began.
create table traffic_minutes (
  minute timestamptz primary key,
  mails integer not null,
  attempts integer not null,
  -- Attempts that did not succeed.
  failed integer not null,
  -- The time from a mail's event to the success of its webhook, in ms. Null when no webhook
  -- succeeded.
  way_p50_ms integer,
  way_p99_ms integer
);

-- Each instance reports these values. Null when it has an earlier version or does not know the
-- value.
alter table fleet_instances add column version text;
alter table fleet_instances add column region text;
alter table fleet_instances add column nats_version text;
