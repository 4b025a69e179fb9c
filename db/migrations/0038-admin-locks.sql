-- A locked account still accepts some sign-ins from networks that have not tried too often: see
-- takeTry(). This column contains the networks of the wrong tries, one entry per try: the first 24
-- bits of IPv4 addresses, the first 48 bits of IPv6 addresses.
alter table admin_users add column failed_networks text[] not null default '{}';
-- The number of wrong passwords and codes of a signed-in admin. The third one ends the session.
alter table admin_sessions add column failed_tries integer not null default 0;
