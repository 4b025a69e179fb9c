-- Since when a partner's ingest is paused by its quota: new mail stays in the mailboxes.
alter table lanes add column ingest_paused_at timestamptz;

-- The mail of each partner in BODIES; oversize mail has no body there.
create index mail_logs_queued_bytes on mail_logs (partner_id) include (size_bytes)
where state = 'queued' and reason is distinct from 'oversize';
