-- The open problems of the health model, so that each is announced once and keeps its beginning.
create table health_problems (
  -- The name and the subject, such as EndpointSlow/prt_1.
  key text primary key,
  name text not null,
  urgency text not null check (urgency in ('page', 'ticket', 'info')),
  cause text not null,
  since timestamptz not null,
  first_seen_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  -- When its notice was sent; null before that.
  announced_at timestamptz
);

-- What admins have acknowledged (until it is over) or muted (until a time).
create table health_marks (
  key text primary key,
  kind text not null check (kind in ('acknowledged', 'muted')),
  until timestamptz,
  admin_id text references admin_users on delete set null,
  created_at timestamptz not null default now(),
  check ((kind = 'muted') = (until is not null))
);
