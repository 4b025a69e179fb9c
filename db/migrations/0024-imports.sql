-- Rows that came from the database of a SuperIMAP, each once: what was changed or removed here since
-- does not come again.
create table imports (
  -- The name of its database.
  source text not null,
  source_table text not null
    check (source_table in ('imap_providers', 'partners', 'partner_connections', 'users')),
  source_id bigint not null,
  our_id text not null,
  imported_at timestamptz not null default now(),
  primary key (source, source_table, source_id)
);
