-- The filters of a list that an admin has saved under a name.
create table admin_saved_filters (
  id text primary key,
  admin_id text not null references admin_users on delete cascade,
  -- The screen, such as /admin/users, and the query of its address without the question mark.
  path text not null,
  query text not null,
  name text not null,
  created_at timestamptz not null default now()
);
create unique index admin_saved_filters_name on admin_saved_filters (admin_id, path, lower(name));
