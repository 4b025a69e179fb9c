-- When the OAuth client of the connection was last changed. Sessions that use the old client then
-- start again.
alter table partner_connections add column client_at timestamptz;
