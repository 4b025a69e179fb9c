-- For the admin pages: the history of users' states, search by name, and partners that are being
-- removed.

-- One row for each change of a user's state or reason, and one for its creation.
create table user_state_changes (
  id bigint generated always as identity primary key,
  user_id text not null references users on delete cascade,
  state text not null,
  reason text,
  changed_at timestamptz not null default now()
);
create index user_state_changes_by_user on user_state_changes (user_id, id desc);
create index user_state_changes_by_age on user_state_changes (changed_at);

-- A trigger writes the rows, because many parts of the code change states, and no change may be
-- missed.
create function note_user_state() returns trigger language plpgsql as $$
begin
  insert into user_state_changes (user_id, state, reason) values (new.id, new.state, new.state_reason);
  return null;
end $$;
create trigger users_state after update of state, state_reason on users for each row
when ((old.state, old.state_reason) is distinct from (new.state, new.state_reason))
execute function note_user_state();

-- With collation C, a search by prefix can use a range of the index.
create index users_search_tag on users ((lower(tag) collate "C"));
create index users_search_email on users ((lower(email) collate "C"));
create index partners_search_name on partners ((lower(name) collate "C"), id);
create index users_by_state on users (state, id);
create index users_by_connection_state on users (connection_id, state);
create index users_archived on users (id) where archived_at is not null;
create index users_tracers on users (id) where enable_tracer;
create index partner_connections_by_provider on partner_connections (provider_id) where removed_at is null;

-- When the partner was removed. Its keys are revoked. The row is deleted after the last of its
-- connections.
alter table partners add column removed_at timestamptz;
