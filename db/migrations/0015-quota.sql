-- Since when a partner's quota pauses its ingest: its mail waits in the mailboxes.
alter table lanes add column ingest_paused_at timestamptz;

-- What of each partner lies in BODIES; oversize mail has no body there.
create index mail_logs_queued_bytes on mail_logs (partner_id) include (size_bytes)
where state = 'queued' and reason is distinct from 'oversize';
