-- When the mail server last confirmed that the mailbox holds no mail that is not recorded. Null until
-- an instance of this version has written it.
alter table user_freshness add column caught_up_at timestamptz;
