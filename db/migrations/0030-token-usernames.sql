-- Further names of the ID token, where the login could not be tried when the account was connected: the fleet tries them in
-- turn when the mail server refuses the address. Null: there are none, or it is known which one is taken.
alter table users add column token_usernames text[];
