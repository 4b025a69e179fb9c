-- Invented data of a medium-sized installation on an ordinary day, for the images in the README.
truncate partners, fleet_instances, audit_log, traffic_minutes, traffic_points cascade;
set session_replication_role = replica;

update admin_users set name = 'Ada', password_kind = 'chosen';
insert into admin_users (id, email, name, password_hash, password_kind, role)
select 'adm_' || name, lower(name) || '@example.com', name, 'none', 'chosen', role
from (values ('Grace', 'owner'), ('Linus', 'operator'), ('Margaret', 'support'), ('Tim', 'viewer')) as one (name, role);

create function pg_temp.id_of(prefix text, n bigint) returns text language sql as
$$ select prefix || '_' || substr(md5(prefix || n), 1, 22) $$;
-- Returns a number from 0 to 1 that depends only on the text.
create function pg_temp.chance(thing text) returns float8 language sql as
$$ select ('x' || substr(md5(thing), 1, 8))::bit(32)::bigint / 4294967296.0 $$;

create temporary table made_partners as
select partner_n, name, slug, share from (values
  (1, 'Northwind Helpdesk', 'northwind', 0.42), (2, 'Blue Harbor CRM', 'blueharbor', 0.68),
  (3, 'Fieldnote', 'fieldnote', 0.82), (4, 'Kestrel Travel', 'kestrel', 0.93),
  (5, 'Orchard Legal', 'orchard', 1.0)) as made (partner_n, name, slug, share);

insert into partners (id, name, new_mail_webhook, sealed_webhook_secret, created_at)
select pg_temp.id_of('prt', partner_n), name, 'https://hooks.' || slug || '.example/mail', 'none', now() - partner_n * interval '17 days'
from made_partners;

create temporary table made_connections as
select partner_n * 10 + place as n, partner_n, provider
from made_partners cross join (values (1, 'prv_gmail_oauth2'), (2, 'prv_outlook_oauth2'), (3, 'prv_imap')) as of (place, provider);
insert into partner_connections (id, partner_id, provider_id)
select pg_temp.id_of('con', n), pg_temp.id_of('prt', partner_n), provider from made_connections;

create temporary table made_users as
select n, partner_n, partner_n * 10 + 1 + (n % 3) as connection_n,
       (array['mara', 'jonas', 'elif', 'noor', 'piet', 'ines', 'tomas', 'asta', 'hugo', 'lena', 'omar', 'vera'])[1 + n % 12]
         || '.' || (array['lindqvist', 'okafor', 'brandt', 'silva', 'novak', 'haddad', 'moreau', 'keane', 'rossi', 'tanaka'])[1 + n / 12 % 10]
         as person, case
         when dice < 0.955 then 'watching' when dice < 0.968 then 'backoff' when dice < 0.976 then 'auth_failed'
         when dice < 0.981 then 'unreachable' when dice < 0.988 then 'new' when dice < 0.992 then 'paused'
         else 'archived' end as state
from (select n, pg_temp.chance('state' || n) as dice,
        (select min(made_partners.partner_n) from made_partners where pg_temp.chance('partner' || one.n) <= share) as partner_n
      from generate_series(1, 6400) as one (n)) as drawn;

insert into users (id, connection_id, tag, email, login_username, state, state_reason, state_changed_at,
                   connected_at, last_login_at, last_heard_at, last_email_at, archived_at, paused_at, enable_tracer)
select pg_temp.id_of('usr', n), pg_temp.id_of('con', connection_n), 'c' || (10000 + n),
       person || n || '@' || slug || '.example', person || n, state,
       case state when 'auth_failed' then 'wrong_password' when 'unreachable' then 'timeout' when 'backoff' then 'connection_lost' end,
       now() - pg_temp.chance('since' || n) * interval '9 days', now() - interval '20 days',
       case when state <> 'new' then now() - pg_temp.chance('login' || n) * interval '12 days' end,
       now() - interval '20 seconds', now() - pg_temp.chance('mail' || n) * interval '6 hours',
       case state when 'archived' then now() - interval '3 days' end,
       case state when 'paused' then now() - interval '3 days' end, n % 900 = 1
from made_users join made_partners using (partner_n);

insert into user_freshness (user_id, last_heard_at, caught_up_at)
select id, now(), now() - pg_temp.chance('lag' || id) * interval '2 minutes' from users where state = 'watching';

insert into fleet_instances (id, role, state, capacity, users_held, heartbeat_at, version, region, nats_version)
select id, role, state, capacity, held, now() - age * interval '1 second', '0.1.0', region, '2.12.2'
from (values ('d890146c25e918', 'imap', 'up', 2500, 2085, 2, 'ams'), ('e28650b1c40d86', 'imap', 'up', 2500, 2088, 5, 'ams'),
             ('148e21fa77d389', 'imap', 'up', 2500, 2091, 1, 'fra'), ('3d8d90e7f20918', 'imap', 'draining', 2500, 12, 3, 'fra'),
             ('683d5e9a0e1798', 'webhook', 'up', 0, 0, 4, 'ams'), ('91852be6a57d08', 'webhook', 'up', 0, 0, 2, 'fra'))
     as one (id, role, state, capacity, held, age, region);

insert into lanes (partner_id, state, reason, in_flight, pending, retrying, oldest_at, instance_id)
select pg_temp.id_of('prt', partner_n), case partner_n when 4 then 'open' else 'running' end,
       case partner_n when 4 then 'the endpoint answered 503' end, partner_n, 3 * partner_n,
       case partner_n when 4 then 31 else 0 end, case partner_n when 4 then now() - interval '21 minutes' end, '683d5e9a0e1798'
from made_partners;

-- A busy hour, in which one endpoint began to fail 21 minutes ago.
insert into traffic_minutes (minute, mails, attempts, failed, way_p50_ms, way_p99_ms)
select date_trunc('minute', now()) - ago * interval '1 minute', mails, mails + failed, failed,
       330 + 60 * pg_temp.chance('p50' || ago), 900 + 500 * pg_temp.chance('p99' || ago) + case when ago between 17 and 21 then 2600 - 300 * abs(19 - ago) else 0 end
from generate_series(1, 59) as ago
cross join lateral (select
  (118 + 26 * sin(ago / 7.0) + 22 * pg_temp.chance('mails' || ago))::int as mails,
  case when ago > 21 then (2 * pg_temp.chance('failed' || ago))::int
       else (4 + 14 * exp(-abs(19 - ago) / 3.0) + 3 * pg_temp.chance('failed' || ago))::int end as failed) as counted;

-- A day with less traffic at night, by partner and for all. One endpoint failed twice.
insert into traffic_points (step, start, partner_id, provider_id, mails, attempts, failed, latency, backlog)
select step, start, partner_id, '', sum(mails), sum(mails + failed), sum(failed),
       jsonb_build_object('29', sum(mails) / 3, '32', sum(mails) / 2, '36', sum(mails) / 8, '40', sum(mails) / 60 + sum(failed)), sum(failed) / 2
from (select step, start, made_partners.partner_n, (period * busy * (share - coalesce(before, 0)))::int as mails,
             case when made_partners.partner_n = 4 and ago between 0.8 and 1.6 then (period * 90 * (0.4 + pg_temp.chance('bad' || start)))::int
                  else (period * 1.5 * pg_temp.chance('bad' || start || made_partners.partner_n))::int end as failed
      from (values ('quarter', interval '15 minutes', 0.25, 96), ('hour', interval '1 hour', 1.0, 24)) as steps (step, length, period, points)
      cross join lateral generate_series(0, points - 1) as n
      cross join lateral (select date_bin(length, now(), 'epoch') - n * length as start, n * period as ago) as placed
      cross join lateral (select 1200 + 900 * sin(extract(epoch from start) / 86400 * 2 * pi() - 2) + 260 * pg_temp.chance('busy' || start) as busy) as how
      cross join (select made_partners.*, lag(share) over (order by partner_n) as before from made_partners) as made_partners) as counted
cross join lateral (values (''), (pg_temp.id_of('prt', partner_n))) as whose (partner_id)
group by step, start, partner_id;

-- The mails of the last 15 minutes, and one user's mails of the last hours.
create temporary table made_mails as
select n, pg_temp.id_of('evt', n) as event_id, user_n, at, case
         when dice < 0.02 then 'skipped' when partner_n = 4 and at > now() - interval '21 minutes' then 'queued'
         else 'delivered' end as state, partner_n
from (select n, 1 + (6399 * pg_temp.chance('whose' || n))::int as user_n, pg_temp.chance('fate' || n) as dice,
             now() - n * interval '0.5 seconds' as at
      from generate_series(1, 1800) as n
      union all
      select 10000 + n, 20, pg_temp.chance('fate' || n) * 1.3, now() - (n + pg_temp.chance('at' || n)) * interval '23 minutes'
      from generate_series(1, 14) as n) as drawn
join (select n as of_n, partner_n from made_users) as owner on of_n = user_n;

insert into mail_logs (event_id, recorded_at, user_id, mailbox, uid_validity, uid, message_id, sha1, size_bytes,
                       internal_date, stream_seq, state, reason, partner_id)
select event_id, at, pg_temp.id_of('usr', user_n), 'INBOX', 1712, 40000 - n, '<' || n || '@mail.example>', md5(event_id),
       2000 + (60000 * pg_temp.chance('size' || n))::int, at - interval '1 second', n, state,
       case state when 'skipped' then 'duplicate_message_id' end, pg_temp.id_of('prt', partner_n)
from made_mails;

insert into transmit_logs (event_id, attempt, attempted_at, partner_id, user_id, status, error, duration_ms, answer, outcome, next_attempt_at, event_at)
select event_id, 1, at + (0.1 + 0.3 * pg_temp.chance('way' || n)) * interval '1 second', pg_temp.id_of('prt', partner_n),
       pg_temp.id_of('usr', user_n), case state when 'delivered' then 200 else 503 end,
       case state when 'queued' then 'the endpoint answered 503' end, 60 + (220 * pg_temp.chance('took' || n))::int,
       case state when 'delivered' then 'ok' else 'Service Unavailable' end,
       case state when 'delivered' then 'delivered' else 'retry' end,
       case state when 'queued' then now() + pg_temp.chance('next' || n) * interval '4 minutes' end, at
from made_mails where state <> 'skipped';

-- An event whose webhook has failed twice, for the picture of its page.
insert into mail_logs (event_id, recorded_at, user_id, mailbox, uid_validity, uid, message_id, sha1, size_bytes,
                       internal_date, stream_seq, state, partner_id)
select 'evt_3k8Qw1ZbT5nXvR7cYpLmDe', now() - interval '6 minutes', pg_temp.id_of('usr', n), 'INBOX', 1712, 40210,
       '<CAF7x2kd81@mail.example>', md5('shown'), 18240, now() - interval '6 minutes 1 second', 1, 'queued', pg_temp.id_of('prt', 4)
from made_users where partner_n = 4 and state = 'watching' order by n limit 1;
insert into transmit_logs (event_id, attempt, attempted_at, partner_id, user_id, status, error, duration_ms, answer, outcome,
                           next_attempt_at, event_at, request, answer_headers)
select event_id, attempt, recorded_at + after_s * interval '1 second', partner_id, user_id, 503, 'the endpoint answered 503', took_ms,
       '{"error":"upstream unavailable"}', 'retry', recorded_at + next_s * interval '1 second', recorded_at,
       jsonb_build_object('url', 'https://hooks.kestrel.example/mail', 'headers', jsonb_build_object(
         'content-type', 'application/json', 'user-agent', 'SuperIMAP', 'webhook-id', event_id,
         'webhook-timestamp', floor(extract(epoch from recorded_at + after_s * interval '1 second'))::text, 'webhook-signature', '***'),
         'body_bytes', 24655, 'body_sha256', encode(sha256(event_id::bytea), 'hex')),
       '{"content-type": "application/json", "retry-after": "30", "server": "nginx"}'
from mail_logs cross join (values (1, 0.2, 212, 60), (2, 61, 198, 420)) as tried (attempt, after_s, took_ms, next_s)
where event_id = 'evt_3k8Qw1ZbT5nXvR7cYpLmDe';

insert into dead_letters (event_id, partner_id, user_id, kind, stream_seq, attempts, last_error, died_at)
select pg_temp.id_of('ded', n), pg_temp.id_of('prt', partner_n), pg_temp.id_of('usr', n), 'new_mail', n,
       case error when 'the endpoint answered 410' then 1 else 7 end, error, now() - (n / 60.0) * interval '1 hour'
from made_users cross join lateral (select case partner_n when 4 then 'the endpoint answered 503'
       when 2 then 'the endpoint answered 500' else 'no answer within 30 s' end as error) as failed
where n <= 400 and (partner_n = 4 or n % 23 = 0);

-- Most problems are muted, so that the charts are in the picture, too.
insert into health_marks (key, kind, until)
select key, 'muted', now() + interval '7 days'
from (select 'UsersMustSignIn/' || code as key from imap_providers
      union select 'MailServerUnreachable/' || lower(imap_host) from imap_providers where imap_host is not null) as marked;

-- A user whose account is being connected.
insert into users (id, connection_id, tag) values ('usr_connecting', pg_temp.id_of('con', 11), 'c1'),
  ('usr_connecting_2', pg_temp.id_of('con', 12), 'c1'), ('usr_connecting_3', pg_temp.id_of('con', 13), 'c1');
update partner_connections set oauth2_client_id = 'northwind' where id in (pg_temp.id_of('con', 11), pg_temp.id_of('con', 12));
update partners set provider_choice = true, accent_color = '#0f766e', failure_url = 'https://northwind.example/mail',
       privacy_url = 'https://northwind.example/privacy', terms_url = 'https://northwind.example/terms'
where name = 'Northwind Helpdesk';

set session_replication_role = origin;
