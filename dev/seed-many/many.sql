-- Invented data of a large installation. The settings seed.users, seed.mails, seed.partners and
-- seed.instances give its size. The fleet does not watch the users, because they have no
-- credentials.

-- Turns off foreign keys and triggers, which would take most of the time.
set session_replication_role = replica;

-- Creates the missing daily partitions of the last days.
do $$
declare
  parent text;
  day date;
  name text;
begin
  foreach parent in array array['mail_logs', 'transmit_logs'] loop
    for day in select generate_series(
      (now() at time zone 'utc')::date - 8, (now() at time zone 'utc')::date, '1 day')::date
    loop
      name := parent || '_' || to_char(day, 'YYYYMMDD');
      continue when to_regclass(format('%I', name)) is not null;
      execute format('create table %I partition of %I for values from (%L) to (%L)', name, parent,
        day::timestamp at time zone 'utc', (day + 1)::timestamp at time zone 'utc');
    end loop;
  end loop;
end $$;

create function pg_temp.size_of(what text) returns integer language sql as
$$ select current_setting('seed.' || what)::integer $$;
create function pg_temp.id_of(prefix text, n bigint) returns text language sql as
$$ select prefix || '_seed' || lpad(n::text, 18, '0') $$;
-- Two of five users belong to the first partner.
create function pg_temp.partner_of(n integer) returns integer language sql as
$$ select case when n % 5 < 2 then 1 else 1 + n % pg_temp.size_of('partners') end $$;

insert into partners (id, name, new_mail_webhook, sealed_webhook_secret)
select pg_temp.id_of('prt', n), 'Partner ' || n, 'https://partner-' || n || '.example/webhook', 'seed'
from generate_series(1, pg_temp.size_of('partners')) as n;

insert into partner_connections (id, partner_id, provider_id)
select pg_temp.id_of('con', n), pg_temp.id_of('prt', n), 'prv_plain'
from generate_series(1, pg_temp.size_of('partners')) as n;

insert into users (id, connection_id, tag, email, login_username, state, state_reason, state_changed_at,
                   connected_at, last_login_at, last_heard_at, archived_at, paused_at, enable_tracer)
select pg_temp.id_of('usr', n), pg_temp.id_of('con', pg_temp.partner_of(n)), 'customer-' || n,
       'customer-' || n || '@mail.example', 'customer-' || n, state,
       case state when 'auth_failed' then 'wrong_password' when 'unreachable' then 'timeout'
                  when 'backoff' then 'connection_lost' end,
       now() - n % 1000 * interval '1 minute', now() - interval '30 days', now() - interval '1 day', now(),
       case state when 'archived' then now() - interval '3 days' end,
       case state when 'paused' then now() - interval '3 days' end,
       n % 10000 = 1
from generate_series(1, pg_temp.size_of('users')) as n
cross join lateral (select case
  when n % 100 < 88 then 'watching' when n % 100 < 90 then 'backoff' when n % 100 < 92 then 'unreachable'
  when n % 100 < 95 then 'auth_failed' when n % 100 < 96 then 'connecting' when n % 100 < 98 then 'new'
  when n % 100 < 99 then 'paused' else 'archived' end as state) as stated;

insert into user_state_changes (user_id, state, reason, changed_at)
select id, state, state_reason, state_changed_at from users where id like 'usr\_seed%';

-- The mails of a week, with more mails in recent days. The following tables are derived from this
-- one.
create temporary table mails as
select n, 'evt_' || substr(md5('seed' || n), 1, 27) as event_id, 1 + n % pg_temp.size_of('users') as user_n,
       at, case
         when n % 40 = 1 then 'skipped'
         when n % 500 = 2 then 'parked'
         when n % 100 = 3 and at < now() - interval '11 hours' then 'dead'
         when (n % 200 = 4 and at > now() - interval '9 hours') or at > now() - interval '5 seconds' then 'queued'
         else 'delivered' end as state
from generate_series(1, pg_temp.size_of('mails')) as n
cross join lateral (
  select now() - interval '7 days' * power((pg_temp.size_of('mails') - n)::float8 / pg_temp.size_of('mails'), 1.5) as at
) as timed;

insert into mail_logs (event_id, recorded_at, user_id, mailbox, uid_validity, uid, message_id, sha1, size_bytes,
                       internal_date, stream_seq, state, reason, partner_id, change_seq)
select event_id, at, pg_temp.id_of('usr', user_n), 'INBOX', 1, n, '<' || n || '@mail.example>', md5(event_id),
       1000 + n % 90000, at - interval '1 second', n, state,
       case state when 'skipped' then 'duplicate_message_id' when 'parked' then 'body_not_fetched'
                  when 'dead' then 'the endpoint answered 500' end,
       pg_temp.id_of('prt', pg_temp.partner_of(user_n)), n
from mails order by n;

-- One of 25 mails is delivered at the second attempt. A mail that waits for a retry has at least
-- one attempt. A dead letter has seven attempts, as in the retry schedule.
insert into transmit_logs (event_id, attempt, attempted_at, partner_id, user_id, status, error, duration_ms,
                           answer, outcome, next_attempt_at, event_at)
select event_id, attempt, least(at + after_s * interval '1 second', now()), 
       pg_temp.id_of('prt', pg_temp.partner_of(user_n)), pg_temp.id_of('usr', user_n),
       case when succeeds then 200 else 500 end,
       case when not succeeds then 'the endpoint answered 500' end, 20 + n % 400,
       case when succeeds then 'ok' else 'Internal Server Error' end,
       case when succeeds then 'delivered' when state = 'dead' and attempt = 7 then 'dead' else 'retry' end,
       case when not succeeds and not (state = 'dead' and attempt = 7)
         then at + (after_s + waits_s) * interval '1 second' end,
       at
from mails
join (values (1, 0.1, 10), (2, 11, 60), (3, 72, 300), (4, 373, 1800), (5, 2174, 7200), (6, 9375, 28800),
             (7, 38176, 0)) as schedule (attempt, after_s, waits_s)
  on attempt <= case
       when state = 'dead' then 7
       when state = 'queued' then 1 + n % 4
       when state = 'delivered' then case when n % 25 = 5 then 2 else 1 end
       else 0 end
  and at + after_s * interval '1 second' <= now()
cross join lateral (
  select state = 'delivered' and (attempt = 2 or n % 25 <> 5) as succeeds) as ended
order by n, attempt;

insert into dead_letters (event_id, partner_id, user_id, kind, stream_seq, attempts, last_error, died_at)
select event_id, pg_temp.id_of('prt', pg_temp.partner_of(user_n)), pg_temp.id_of('usr', user_n), 'new_mail', n, 7,
       'the endpoint answered 500', date_trunc('milliseconds', at + interval '10.6 hours')
from mails where state = 'dead';

insert into lanes (partner_id, state, reason, in_flight, pending, retrying, oldest_at, instance_id, ingest_paused_at)
select pg_temp.id_of('prt', n), case when n % 30 = 7 then 'open' else 'running' end,
       case when n % 30 = 7 then 'the endpoint answered 500' end, n % 8, n * 3 % 50, n % 9,
       case when n % 9 > 0 then now() - interval '20 minutes' end, 'webhook-' || n % 5,
       case when n % 50 = 8 then now() end
from generate_series(1, pg_temp.size_of('partners')) as n;

-- One of five instances has the role webhook. The last instance sends no heartbeats any more.
insert into fleet_instances (id, role, state, capacity, users_held, heartbeat_at, version, region, nats_version)
select case when n % 5 = 0 then 'webhook-' else 'imap-' end || n, case when n % 5 = 0 then 'webhook' else 'imap' end,
       'up', case when n % 5 = 0 then 0 else 10000 end,
       case when n % 5 = 0 then 0 else pg_temp.size_of('users') / pg_temp.size_of('instances') end,
       now() - case when n = pg_temp.size_of('instances') then interval '10 minutes' else interval '3 seconds' end,
       '0.1.0', case when n % 3 = 0 then 'iad' else 'fra' end, '2.12.2'
from generate_series(1, pg_temp.size_of('instances')) as n;

-- Counts the mails of each minute, as the fleet does.
insert into traffic_minutes (minute, mails, attempts, failed, way_p50_ms, way_p99_ms)
select date_bin('1 minute', at, 'epoch') as minute, count(*), count(*), count(*) / 25,
       300 + hashtext(min(event_id)) % 40, 11000 + hashtext(min(event_id)) % 900
from mails
where state in ('queued', 'delivered', 'dead')
  and at >= date_trunc('minute', now()) - interval '1 hour' and at < date_trunc('minute', now())
group by 1;

-- The points of the charts, for each partner and for all together.
insert into traffic_points (step, start, partner_id, provider_id, mails, attempts, failed, latency, backlog)
select step, date_bin(period, now(), 'epoch') - n * period, partner_id, '', 12, 13, case when hashtext(partner_id) % 9 = 0 then 1 else 0 end,
       '{"20": 3, "25": 6, "31": 2, "44": 1}', 3
from (values ('minute', interval '1 minute', 170), ('quarter', interval '15 minutes', 280), ('hour', interval '1 hour', 740),
             ('day', interval '1 day', 30)) as steps (step, period, points)
cross join lateral generate_series(1, points) as n
cross join (select '' as partner_id union all select id from partners where id like 'prt\_seed%') as whose;

insert into tracer_logs (uid, user_id, sent_at, seen_at, published_at, answered_at)
select 'seed-' || n, id, at, at + interval '0.4 seconds', at + interval '0.5 seconds',
       case when n % 50 > 0 then at + (0.6 + n % 10 / 10.0) * interval '1 second' end
from (select id, row_number() over (order by id) as tracer from users where enable_tracer and id like 'usr\_seed%') as one
cross join generate_series(1, 1000) as minute
cross join lateral (select tracer * 1000 + minute as n, now() - minute * interval '5 minutes' as at) as sent;

insert into audit_log (id, at, actor, action, subject_type, subject_id)
select pg_temp.id_of('aud', n), now() - (20000 - n) * interval '1 minute', 'partner:' || pg_temp.id_of('prt', 1 + n % 10),
       'user.created', 'user', pg_temp.id_of('usr', 1 + n % pg_temp.size_of('users'))
from generate_series(1, 20000) as n;

drop table mails;
set session_replication_role = origin;
