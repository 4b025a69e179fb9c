-- When a mail of the user was last published. Here and not in users, whose rows are wide and have a
-- dozen indexes. Earlier instances write users.last_email_at; readers use the later of the two.
alter table user_freshness add column last_email_at timestamptz;
