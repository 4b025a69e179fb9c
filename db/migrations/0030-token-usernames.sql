-- Other names from the ID token, for a login that could not be tried when the account was
-- connected. If the mail server refuses the address, the fleet tries these names in turn. Null when
-- there are none, or when the accepted name is known.
alter table users add column token_usernames text[];
