-- Redelivery and deletion of dead letters.

alter table dead_letters
  -- Null when the payload is not in DEAD any more.
  alter column stream_seq drop not null,
  -- Whether the event cannot be parsed. Such an event can never be sent.
  add column unreadable boolean not null default false,
  -- When a redelivery was requested, in whole milliseconds. This time is part of the ids of the
  -- redelivery's messages.
  add column redeliver_requested_at timestamptz,
  -- When the letter's event was queued again.
  add column requeued_at timestamptz,
  -- Why the last requested redelivery was not possible.
  add column redelivery_error text,
  add column delete_requested_at timestamptz,
  -- The end of the lease of the instance that works on the letter. After it, another instance may
  -- claim the letter.
  add column leased_until timestamptz,
  -- The sequences of obsolete messages in DEAD, which will be deleted.
  add column obsolete_seqs bigint[] not null default '{}';

drop index dead_letters_by_partner;
create index dead_letters_by_partner on dead_letters (partner_id, died_at desc, event_id desc);
create index dead_letters_to_requeue on dead_letters (partner_id, redeliver_requested_at, event_id)
where redeliver_requested_at is not null and requeued_at is null;
create index dead_letters_to_clear on dead_letters (event_id)
where delete_requested_at is not null or obsolete_seqs <> '{}';
