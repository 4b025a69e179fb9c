-- Since when reading mail is paused because the partner's quota is used up. Meanwhile new mail
-- stays in the mailboxes.
alter table lanes add column ingest_paused_at timestamptz;

-- Sums the bytes of each partner's mail in BODIES. Mail with the reason `oversize` has no body
-- there.
create index mail_logs_queued_bytes on mail_logs (partner_id) include (size_bytes)
where state = 'queued' and reason is distinct from 'oversize';
