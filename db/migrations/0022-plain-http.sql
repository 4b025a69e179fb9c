-- Whether the partner's webhooks may use plain HTTP. Anyone on the network path can then read the
-- mail. So an admin permits it for single partners, and it is never permitted for all of them.
alter table partners add column allow_plain_http boolean not null default false;
