-- More names from the ID token, for a login that could not be tried when the account was connected:
-- the fleet tries them in turn when the mail server refuses the address. Null: there are none, or
-- the accepted name is known.
alter table users add column token_usernames text[];
