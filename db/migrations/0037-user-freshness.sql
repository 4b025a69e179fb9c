-- When the user's mail server last sent anything. This is a separate table, because the time is
-- updated every few minutes for every user. In users, each update would rewrite a large row and
-- entries in a dozen indexes. Here a row is small and has no index except its key, and its page has
-- free space for the next version of the row. Instances of earlier versions write
-- users.last_heard_at. Readers use the later of both times.
create table user_freshness (
  user_id text primary key references users on delete cascade,
  last_heard_at timestamptz not null
) with (fillfactor = 50);
