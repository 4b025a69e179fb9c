-- A partner whose webhooks may go over plain HTTP, where everyone on the way can read the mail: an admin
-- says so of one partner, for all of them nobody can.
alter table partners add column allow_plain_http boolean not null default false;
