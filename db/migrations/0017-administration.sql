-- What admins look at: how users came into their states, users and partners found by what they are
-- called, partners on their way out.

-- One row for each state that a user came into, or reason that it got. Its first state is its creation.
create table user_state_changes (
  id bigint generated always as identity primary key,
  user_id text not null references users on delete cascade,
  state text not null,
  reason text,
  changed_at timestamptz not null default now()
);
create index user_state_changes_by_user on user_state_changes (user_id, id desc);
create index user_state_changes_by_age on user_state_changes (changed_at);

-- A trigger, since states are written in many places and none may be forgotten.
create function note_user_state() returns trigger language plpgsql as $$
begin
  insert into user_state_changes (user_id, state, reason) values (new.id, new.state, new.state_reason);
  return null;
end $$;
create trigger users_state after update of state, state_reason on users for each row
when ((old.state, old.state_reason) is distinct from (new.state, new.state_reason))
execute function note_user_state();

-- Collation C: a prefix is a range of the index.
create index users_search_tag on users ((lower(tag) collate "C"));
create index users_search_email on users ((lower(email) collate "C"));
create index partners_search_name on partners ((lower(name) collate "C"), id);
create index users_by_state on users (state, id);
create index users_by_connection_state on users (connection_id, state);
create index users_archived on users (id) where archived_at is not null;
create index users_tracers on users (id) where enable_tracer;
create index partner_connections_by_provider on partner_connections (provider_id) where removed_at is null;

-- A removed partner has no keys any more; its row goes with the last of its connections.
alter table partners add column removed_at timestamptz;
