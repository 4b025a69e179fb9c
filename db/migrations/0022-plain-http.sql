-- A partner whose webhooks may use plain HTTP, where anyone on the network path can read the mail.
-- An admin can permit it for one partner, but not for all of them.
alter table partners add column allow_plain_http boolean not null default false;
