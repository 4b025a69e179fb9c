-- For a login that a person waits for: what the connect pages do with the answer, sealed by the
-- partner ring. A page that is opened again continues with it. Null for other commands.
alter table commands add column sealed_continuation text;
-- How such a login ended: connected, or saved. Null while it has not ended, or was refused.
alter table commands add column outcome text;
-- The request of such a login, with its credentials, is deleted when the login has ended.
alter table commands alter column sealed_request drop not null;
