-- When the user's mail server was last heard. A separate table: it is updated every few minutes for
-- every user, and each update would rewrite a whole row of users, with its dozen indexes and its
-- sealed secrets. Here a row is small, has no index except its key, and its page has room for the
-- next version of the row. Earlier instances write users.last_heard_at; readers use the later of
-- the two.
create table user_freshness (
  user_id text primary key references users on delete cascade,
  last_heard_at timestamptz not null
) with (fillfactor = 50);
