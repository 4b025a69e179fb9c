-- Distinguishes mails that have the same Message-ID. Older instances do not set it. Their rows are
-- compared by sha1.
alter table seen add column content_hash text;
