-- Rows that were imported from a SuperIMAP database. Each row is imported only once, even if it was
-- changed or removed here later.
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
