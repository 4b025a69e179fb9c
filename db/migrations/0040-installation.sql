-- The row that identifies this installation. A dump and its restore keep it: the streams in NATS
-- have the same id, and an instance whose database and streams differ refuses to start.
create table installation (
  is_only boolean primary key default true check (is_only),
  id text not null,
  created_at timestamptz not null default now()
);
insert into installation (id) values ('ins_' || replace(gen_random_uuid()::text, '-', ''));

-- Partners that were deleted. Only partners listed here are removed from NATS: one that is merely
-- missing (another database, an older state of this one) loses nothing.
create table removed_partners (
  partner_id text primary key,
  removed_at timestamptz not null default now()
);

-- Partners deleted earlier, as far as the audit log has them.
insert into removed_partners (partner_id)
select distinct subject_id from audit_log
where action = 'partner.removed' and not exists (select 1 from partners where partners.id = subject_id);

-- A trigger, since older instances also delete partners while the release of this migration rolls
-- out.
create function bury_partner() returns trigger language plpgsql as $$
begin
  insert into removed_partners (partner_id) values (old.id) on conflict (partner_id) do nothing;
  return old;
end $$;
create trigger partners_delete after delete on partners for each row execute function bury_partner();
