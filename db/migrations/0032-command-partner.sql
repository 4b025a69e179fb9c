-- The partner that the command belongs to: the fleet limits the commands of each partner. Null:
-- written by an edge of an older version.
alter table commands add column partner_id text;
