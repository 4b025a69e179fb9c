-- A lock refuses sign-ins, but leaves a way in from networks that have not tried too often: see
-- takeTry(). This column holds the networks of the wrong tries: the first 24 bits of IPv4, the
-- first 48 of IPv6, one entry per try.
alter table admin_users add column failed_networks text[] not null default '{}';
-- Wrong passwords and codes of a signed-in admin: the third ends the session.
alter table admin_sessions add column failed_tries integer not null default 0;
