-- When the user's mail server last said anything. In a table of its own: it is written once in some minutes for every
-- user, and a row of users, with its dozen indexes and its sealed secrets, would be written whole each time. Here a row
-- is small, has no index but its key, and leaves its page room for the next version of itself.
-- users.last_heard_at is what earlier instances write; readers take the later of the two.
create table user_freshness (
  user_id text primary key references users on delete cascade,
  last_heard_at timestamptz not null
) with (fillfactor = 50);
