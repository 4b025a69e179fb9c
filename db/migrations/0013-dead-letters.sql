-- What becomes of dead letters: they are delivered again, or deleted.

alter table dead_letters
  -- Null when the payload is no longer in DEAD.
  alter column stream_seq drop not null,
  -- An event that cannot be read: no attempt of it can ever be made.
  add column unreadable boolean not null default false,
  -- That it is to be delivered again, to the millisecond: names this redelivery in message ids.
  add column redeliver_requested_at timestamptz,
  -- When its event was queued again.
  add column requeued_at timestamptz,
  -- Why the last redelivery that was asked for could not be.
  add column redelivery_error text,
  add column delete_requested_at timestamptz,
  -- Until when one instance works at it; another takes over then.
  add column leased_until timestamptz,
  -- Messages of DEAD that nobody needs any more.
  add column obsolete_seqs bigint[] not null default '{}';

drop index dead_letters_by_partner;
create index dead_letters_by_partner on dead_letters (partner_id, died_at desc, event_id desc);
create index dead_letters_to_requeue on dead_letters (partner_id, redeliver_requested_at, event_id)
where redeliver_requested_at is not null and requeued_at is null;
create index dead_letters_to_clear on dead_letters (event_id)
where delete_requested_at is not null or obsolete_seqs <> '{}';
