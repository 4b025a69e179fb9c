-- Allows only one refresh of a user's access token at a time in the whole fleet. A provider that
-- rotates refresh tokens treats the second use of the same token as theft (RFC 9700, 4.14.2).
alter table users add column refresh_lease_until timestamptz;
