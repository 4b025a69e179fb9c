-- For admins: users by the reason of their state.
create index users_by_reason on users (state_reason, id) where state_reason is not null;
