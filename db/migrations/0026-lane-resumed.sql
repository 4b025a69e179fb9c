-- When the lane was last resumed. A 403 from an attempt that began before this time is ignored,
-- because the endpoint may have changed since then.
alter table partners add column resumed_at timestamptz;
