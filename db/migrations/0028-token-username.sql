-- The name from the ID token under which the mail server accepts the user's access token, if it is
-- not the address. Null: the address, or login_username as set by the partner.
alter table users add column token_username text;
