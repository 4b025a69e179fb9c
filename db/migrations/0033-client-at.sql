-- When the OAuth client of a connection was changed: sessions that began with the one before begin again.
alter table partner_connections add column client_at timestamptz;
