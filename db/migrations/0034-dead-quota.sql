-- What a letter takes in DEAD, or its event in BODIES until it lies there; null of letters of versions before this one.
alter table dead_letters add column letter_bytes bigint;

-- Since when a partner's dead letters have no room in DEAD: events that are given up wait in their lane.
alter table lanes add column letters_full_at timestamptz;

-- Letters that are not in DEAD yet: what of each partner waits in BODIES for room there.
create index dead_letters_unburied on dead_letters (partner_id) include (letter_bytes)
where stream_seq is null and letter_bytes is not null and redelivered_at is null;
