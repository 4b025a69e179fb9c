import { sql } from "drizzle-orm";
import { type HealthFacts, MAX_SUBJECTS, SUDDEN_MS } from "../../shared/health/health-facts.ts";
import { judgeInstance, type SeenInstance } from "../../shared/health/judge-instance.ts";
import { STATES_TO_WATCH } from "../../shared/users/user-states.ts";
import type { Db } from "../client.ts";
import { IS_WATCHED } from "../users/watched-users.ts";

interface FactsRow extends Record<string, unknown> {
  facts: Omit<HealthFacts, "instances"> & { instances: SeenInstance[] };
}

/** Reads all facts of the health model with one statement. */
export async function readHealthFacts(db: Db): Promise<HealthFacts> {
  const { rows } = await db.execute<FactsRow>(sql`
    with counted as materialized (${COUNTED_USERS})
    select json_build_object(
      'nowMs', ${ms(sql`now()`)},
      'instances', ${INSTANCES},
      'usersByState', ${USERS_BY_STATE},
      'usersToWatch', ${USERS_TO_WATCH},
      'outboxOldestMs', (select ${ms(sql`min(created_at)`)} from outbox where published_at is null),
      'partners', ${PARTNERS},
      'mailServers', ${MAIL_SERVERS},
      'providers', ${PROVIDERS},
      'oauthClients', ${OAUTH_CLIENTS},
      'deadLetters', ${DEAD_LETTERS},
      'defaultPasswords', (select count(*) from admin_users where password_kind = 'default')
    ) as facts`);
  const [row] = rows;
  if (!row) throw new Error("Cannot read the health facts: the database returned no rows");
  const { facts } = row;
  return {
    ...facts,
    instances: facts.instances.flatMap((seen) => judgeInstance(seen, facts.nowMs) ?? []),
  };
}

/** Returns SQL for a time in Unix ms. */
const ms = (time: ReturnType<typeof sql>) => sql`floor(extract(epoch from ${time}) * 1000)::float8`;

/** Returns SQL for a list of all rows of a query with a column `fact`. */
const list = (query: ReturnType<typeof sql>) =>
  sql`(select coalesce(json_agg(fact), '[]'::json) from (${query}) as facts)`;

/** All users are counted once, which reads only an index. The facts add these counts up. */
const COUNTED_USERS = sql`
  select connection_id, state, count(*)::integer as users from users group by connection_id, state`;

const USERS_BY_STATE = sql`(
  select coalesce(json_object_agg(state, users), '{}'::json)
  from (select state, sum(users) as users from counted group by state) as states)`;

/** A new user may lack credentials. */
const USERS_TO_WATCH = sql`(
  select coalesce(sum(users), 0) + (select count(*) from users where state = 'new' and ${IS_WATCHED})
  from counted where state in ${STATES_TO_WATCH})`;

const INSTANCES = list(sql`
  select json_build_object(
    'id', id, 'role', role, 'reported', state, 'capacity', capacity, 'natsVersion', nats_version,
    'heardMs', ${ms(sql`greatest(heartbeat_at, reported_at)`)},
    'natsSilentSinceMs', ${ms(sql`nats_silent_since`)},
    'isReporting', coalesce(reported_at > now() - interval '60 seconds', false)
  ) as fact
  from fleet_instances order by id`);

/**
 * A lane's report is repeated every 30 s. After 90 s without one, nobody knows what the lane does.
 */
const PARTNERS = list(sql`
  select json_build_object(
    'id', partners.id, 'name', partners.name,
    'users', (select coalesce(sum(users), 0)
              from counted join partner_connections on partner_connections.id = connection_id
              where partner_connections.partner_id = partners.id and state <> 'archived'),
    'pausedReason', paused_reason, 'pausedMs', ${ms(sql`paused_at`)},
    'ingestPausedMs', ${ms(sql`ingest_paused_at`)}, 'lettersFullMs', ${ms(sql`letters_full_at`)},
    'lane', case when reported_at > now() - interval '90 seconds' then json_build_object(
      'state', lanes.state, 'reason', lanes.reason, 'waiting', pending + retrying + in_flight,
      'oldestMs', ${ms(sql`oldest_at`)}, 'oldestInFlightMs', ${ms(sql`oldest_in_flight_at`)},
      'recentAttempts', recent_attempts, 'recentFailures', recent_failures,
      'answerP50Ms', answer_p50_ms) end
  ) as fact
  from partners left join lanes on lanes.partner_id = partners.id
  where removed_at is null and (
    paused_reason is not null or ingest_paused_at is not null or letters_full_at is not null
    or (reported_at > now() - interval '90 seconds' and (
      lanes.state <> 'running' or recent_failures > 0 or answer_p50_ms > 1000
      or oldest_in_flight_at < now() - interval '5 seconds'
      or oldest_at < now() - interval '5 minutes')))
  order by oldest_at nulls last, partners.id limit ${MAX_SUBJECTS}`);

const MAIL_SERVERS = list(sql`
  select json_build_object('host', host, 'users', sum(users), 'sinceMs', ${ms(sql`min(since)`)},
                           'reason', (array_agg(reason order by users desc))[1],
                           'isOnlyReason', count(*) = 1) as fact
  from (
    select lower(coalesce(user_host, provider.imap_host)) as host, reason,
           sum(users) as users, min(since) as since
    from (
      select connection_id, users.imap_host as user_host, state_reason as reason,
             count(*) as users, min(state_changed_at) as since
      from users
      where state in ('backoff', 'unreachable')
        and state_reason not in ('internal', 'provider_unavailable', 'wrong_password',
          'consent_withdrawn', 'consent_incomplete', 'token_refused', 'app_password_required',
          'web_login_required', 'account_locked', 'imap_disabled')
      group by 1, 2, 3
    ) as lost_users
    join partner_connections on partner_connections.id = connection_id
    join imap_providers as provider on provider.id = provider_id
    group by 1, 2
  ) as lost
  group by host order by sum(users) desc, host limit ${MAX_SUBJECTS}`);

const CLIENT_REASONS = sql.raw(`('client_refused', 'no_client')`);
const SUDDENLY = sql.raw(`now() - interval '${SUDDEN_MS / 1_000} seconds'`);

const PROVIDERS = list(sql`
  select json_build_object(
    'code', code, 'title', title,
    'users', (select coalesce(sum(users), 0)
              from counted join partner_connections on partner_connections.id = connection_id
              where provider_id = imap_providers.id and state <> 'archived'),
    'mustSignIn', must_sign_in, 'mustSignInSuddenly', suddenly,
    'mustSignInSinceMs', ${ms(sql`sign_in_since`)},
    'withoutToken', without_token, 'withoutTokenSinceMs', ${ms(sql`token_since`)}) as fact
  from (
    select provider_id,
           count(*) filter (where state = 'auth_failed') as must_sign_in,
           count(*) filter (where state = 'auth_failed' and state_changed_at > ${SUDDENLY}) as suddenly,
           min(state_changed_at) filter (where state = 'auth_failed') as sign_in_since,
           count(*) filter (where state = 'backoff') as without_token,
           min(state_changed_at) filter (where state = 'backoff') as token_since
    from users join partner_connections on partner_connections.id = connection_id
    where (state = 'auth_failed' and state_reason not in ${CLIENT_REASONS})
       or (state = 'backoff' and state_reason = 'provider_unavailable')
    group by provider_id
  ) as lost
  join imap_providers on imap_providers.id = provider_id
  order by must_sign_in + without_token desc, code limit ${MAX_SUBJECTS}`);

const OAUTH_CLIENTS = list(sql`
  select json_build_object('connectionId', connection.id, 'partnerName', partners.name,
                           'providerTitle', title, 'users', count(*),
                           'sinceMs', ${ms(sql`min(state_changed_at)`)}) as fact
  from users
  join partner_connections as connection on connection.id = connection_id
  join partners on partners.id = connection.partner_id
  join imap_providers on imap_providers.id = provider_id
  where users.state in ('auth_failed', 'backoff') and state_reason in ${CLIENT_REASONS}
  group by connection.id, partners.name, title
  order by count(*) desc, connection.id limit ${MAX_SUBJECTS}`);

const DEAD_LETTERS = sql`(
  select json_build_object('letters', count(*), 'sinceMs', ${ms(sql`min(died_at)`)})
  from dead_letters
  where died_at > now() - interval '1 hour' and redelivered_at is null
    and redeliver_requested_at is null and delete_requested_at is null)`;
