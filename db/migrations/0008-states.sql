-- One refresh of a user's access token at a time in the whole fleet: a provider that gives out a new
-- refresh token each time takes the second use of one for theft (RFC 9700, 4.14.2).
alter table users add column refresh_lease_until timestamptz;
