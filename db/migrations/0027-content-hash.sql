-- Distinguishes mails with the same Message-ID. Rows of older instances have none: they are
-- compared by sha1.
alter table seen add column content_hash text;
