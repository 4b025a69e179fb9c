-- The partner that the command belongs to. The fleet limits the commands of each partner. Null when
-- an edge of an older version wrote the command.
alter table commands add column partner_id text;
