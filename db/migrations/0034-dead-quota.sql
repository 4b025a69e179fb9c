-- The letter's size in DEAD, or its event's size in BODIES until it is stored there; null for
-- letters of earlier versions.
alter table dead_letters add column letter_bytes bigint;

-- Since when DEAD has no room for a partner's dead letters: dead events then wait in their lane.
alter table lanes add column letters_full_at timestamptz;

-- Letters that are not in DEAD yet: each partner's events in BODIES that wait for room there.
create index dead_letters_unburied on dead_letters (partner_id) include (letter_bytes)
where stream_seq is null and letter_bytes is not null and redelivered_at is null;
