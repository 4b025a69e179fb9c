-- The complete address of a webhook that contains secrets (a password, a query), sealed for its row
-- and column. The column of the same name without `sealed_` then holds the address without secrets.
-- Null: that column is the complete address.
alter table partners add column sealed_new_mail_webhook text;
alter table partners add column sealed_user_connected_webhook text;
alter table partners add column sealed_user_disconnected_webhook text;
alter table partners add column sealed_user_auth_failed_webhook text;
