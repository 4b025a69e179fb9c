-- Users whose mail server has harmed the process that watched them, for example by sending endless
-- data or by blocking the process. No instance begins a session of such a user before a pause has
-- ended. trial_at is set before the next session begins, and cleared when the session has done no
-- harm. If it is still set later, the process crashed during that session.
create table user_harms (
  user_id text primary key references users on delete cascade,
  harms integer not null check (harms > 0),
  reason text not null,
  harmed_at timestamptz not null,
  trial_at timestamptz
);

-- Allows the new state `quarantined`. The list of states is in shared/users/user-states.ts.
alter table users drop constraint users_state_check;
