-- The name, from the ID token, with which the mail server accepts the user's access token. Null
-- means the email address, or login_username if the partner has set it.
alter table users add column token_username text;
