-- Facts that tell causes apart: whether NATS answers an instance, and how an endpoint answers.

alter table fleet_instances
  -- When the instance itself last wrote to Postgres. heartbeat_at comes through NATS.
  add column reported_at timestamptz,
  -- Since when NATS has not answered the instance; null while it answers.
  add column nats_silent_since timestamptz;

alter table lanes
  -- When the oldest attempt in flight began.
  add column oldest_in_flight_at timestamptz,
  -- The answered attempts of the last minutes: how many, how many of them failed, how long they took.
  add column recent_attempts integer not null default 0,
  add column recent_failures integer not null default 0,
  add column answer_p50_ms integer,
  add column answer_p99_ms integer;
