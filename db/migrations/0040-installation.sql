-- The id of this installation. A dump and restore keeps it. The streams in NATS have the same id.
-- An instance refuses to start when the ids of its database and its streams differ.
create table installation (
  is_only boolean primary key default true check (is_only),
  id text not null,
  created_at timestamptz not null default now()
);
insert into installation (id) values ('ins_' || replace(gen_random_uuid()::text, '-', ''));

-- Partners that were deleted. The fleet deletes a partner's data in NATS only if the partner is
-- listed here. A partner may also be missing because this is another database or an older state of
-- it. Then its data is kept.
create table removed_partners (
  partner_id text primary key,
  removed_at timestamptz not null default now()
);

-- Adds the partners that were deleted before this migration, according to the audit log.
insert into removed_partners (partner_id)
select distinct subject_id from audit_log
where action = 'partner.removed' and not exists (select 1 from partners where partners.id = subject_id);

-- A trigger writes the rows, because instances of older versions also delete partners during a
-- rolling deployment.
create function bury_partner() returns trigger language plpgsql as $$
begin
  insert into removed_partners (partner_id) values (old.id) on conflict (partner_id) do nothing;
  return old;
end $$;
create trigger partners_delete after delete on partners for each row execute function bury_partner();
