-- Users whose mail server has hurt the process that watched them: sent without end, or made it stand still. No session begins
-- before their pause is over, whichever instance they move to. A trial is written before a session of such a user begins, and
-- cleared when it has done no harm: one that is left behind says that its process died meanwhile.
create table user_harms (
  user_id text primary key references users on delete cascade,
  harms integer not null check (harms > 0),
  reason text not null,
  harmed_at timestamptz not null,
  trial_at timestamptz
);

-- The state `quarantined` is new. The list of states is in shared/users/user-states.ts.
alter table users drop constraint users_state_check;
