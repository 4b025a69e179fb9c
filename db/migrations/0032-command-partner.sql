-- Whose command it is: the fleet takes the commands of a partner no further than its share. Null: an edge of before wrote it.
alter table commands add column partner_id text;
