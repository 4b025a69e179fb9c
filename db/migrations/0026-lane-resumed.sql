-- When a lane was last resumed: a 403 of an attempt from before that says nothing of the endpoint as it is now.
alter table partners add column resumed_at timestamptz;
