-- When the lane was last resumed. A 403 from an attempt that began before this time says nothing
-- about the current endpoint, so it cannot pause the lane again.
alter table partners add column resumed_at timestamptz;
