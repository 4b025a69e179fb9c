-- The complete address of a webhook that contains secrets (a password or a query), sealed for its
-- row and column. The column without `sealed_` then contains the address without the secrets. Null
-- when the address has no secrets; the other column is then complete.
alter table partners add column sealed_new_mail_webhook text;
alter table partners add column sealed_user_connected_webhook text;
alter table partners add column sealed_user_disconnected_webhook text;
alter table partners add column sealed_user_auth_failed_webhook text;
