-- When a lane was last resumed: a 403 from an attempt before that time does not describe the
-- current endpoint.
alter table partners add column resumed_at timestamptz;
