-- Rows imported from the database of a SuperIMAP, each once: rows that were changed or removed here
-- are not imported again.
create table imports (
  -- The name of the source database.
  source text not null,
  source_table text not null
    check (source_table in ('imap_providers', 'partners', 'partner_connections', 'users')),
  source_id bigint not null,
  our_id text not null,
  imported_at timestamptz not null default now(),
  primary key (source, source_table, source_id)
);
