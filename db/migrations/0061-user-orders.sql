-- Users in the order in which their states changed. The order by tag uses users_search_tag.
create index users_by_state_change on users (state_changed_at, id);
