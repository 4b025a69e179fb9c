-- When the OAuth client of a connection was changed: sessions that use the old one start again.
alter table partner_connections add column client_at timestamptz;
