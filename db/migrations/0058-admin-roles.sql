-- What an admin may do. Each role may do everything that the roles before it may. Admins that exist,
-- and those that an older instance creates, are owners.
alter table admin_users add column role text not null default 'owner'
  check (role in ('viewer', 'support', 'operator', 'owner'));
