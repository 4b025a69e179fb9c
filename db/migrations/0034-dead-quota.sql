-- The letter's size in DEAD. Before the letter is stored there, its event's size in BODIES. Null
-- for letters of earlier versions.
alter table dead_letters add column letter_bytes bigint;

-- Since when the partner's quota in DEAD is used up. Events that become dead letters meanwhile stay
-- in EVENTS.
alter table lanes add column letters_full_at timestamptz;

-- Letters that are not stored in DEAD yet. Their bodies in BODIES count towards the partner's
-- quota.
create index dead_letters_unburied on dead_letters (partner_id) include (letter_bytes)
where stream_seq is null and letter_bytes is not null and redelivered_at is null;
