-- The data of the charts: mails, attempts and latency by partner and provider.

-- One row for each step of time in which something happened. An empty partner_id means all
-- partners, an empty provider_id all providers. Minutes are counted from mail_logs and
-- transmit_logs; longer steps are the sums of shorter ones.
create table traffic_points (
  step text not null check (step in ('minute', 'quarter', 'hour', 'day')),
  start timestamptz not null,
  partner_id text not null,
  provider_id text not null,
  mails integer not null default 0,
  attempts integer not null default 0,
  -- Attempts that did not succeed.
  failed integer not null default 0,
  -- How many mails took how long from their event to the success of their webhook: a count for
  -- each bucket of shared/latency-histogram.ts. Buckets without mails are left out.
  latency jsonb not null default '{}',
  -- The most events that waited for their delivery, and the greatest age of the oldest of them.
  backlog bigint not null default 0,
  oldest_s integer not null default 0,
  primary key (partner_id, provider_id, step, start)
);

-- For the lists of all partners and providers, and for deleting old rows.
create index traffic_points_by_start on traffic_points (step, start);
