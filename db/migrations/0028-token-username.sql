-- The name of the ID token under which the mail server takes the user's access token, where it is not the address. Null: the
-- address, or login_username, which the partner set.
alter table users add column token_username text;
