-- Users whose mail server has harmed the process that watched them: it sent endless data, or
-- blocked the process. No session begins before their pause ends, on any instance. A trial is
-- written before a session of such a user begins, and cleared when it has done no harm: one that
-- remains shows that the process died meanwhile.
create table user_harms (
  user_id text primary key references users on delete cascade,
  harms integer not null check (harms > 0),
  reason text not null,
  harmed_at timestamptz not null,
  trial_at timestamptz
);

-- The state `quarantined` is new. The list of states is in shared/users/user-states.ts.
alter table users drop constraint users_state_check;
