import { and, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import type { AuthFailedEvent, ConnectedEvent } from "../../shared/users/events.ts";
import type { ReasonCode } from "../../shared/users/reasons.ts";
import { mayMove, type ObservedState, statesBefore } from "../../shared/users/user-states.ts";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import type { Slot } from "../lookup.ts";
import { query } from "../query.ts";
import { prepared } from "../prepared.ts";
import { enqueueEvent } from "../mail/outbox.ts";
import { wantedUserEvents } from "../partners/partners.ts";
import { partners } from "../partners/tables.ts";
import { users } from "./tables.ts";

/**
 * A user that the fleet has observed with certain credentials. `credentialsAt` is the time when
 * these credentials were stored. If they were replaced later, the observation is ignored.
 */
export interface ObservedUser {
  userId: string;
  credentialsAt: Date | null;
}

/**
 * Changes the user's state to the one that the fleet has observed, if the current state allows this
 * change.
 */
export async function moveUser(
  db: Db,
  user: ObservedUser,
  state: Exclude<ObservedState, "watching" | "auth_failed">,
  reason: ReasonCode | null,
): Promise<void> {
  await db.update(users).set(movedTo(state, reason)).where(mayBecome(user, state));
}

/**
 * Records that the user's mailbox is open and all its mail is read. Also ends the incident, if the
 * user's credentials were refused before.
 *
 * @returns true when the user does not count as connected yet. The caller must then call
 * `setConnected()`.
 */
export async function setWatching(db: Db, user: ObservedUser): Promise<boolean> {
  return await updateToWatching(db, toIdentity(user));
}

const updateToWatching = compiled<[user: Identity], boolean>((db, user) =>
  query(
    db.execute<{ isNew: boolean }>(
      prepared(
        "set_watching",
        sql`
    update users
    set state = 'watching', state_reason = null, incident_at = null, last_login_at = now(),
        state_changed_at = case when state = 'watching' then state_changed_at else now() end
    where ${isIdentical(user)} and ${inArray(users.state, statesBefore("watching"))}
    returning connected_at is null and credentials_at is not null as "isNew"`,
      ),
    ),
    ({ rows }) => rows[0]?.isNew === true,
  ),
);

/**
 * Stores the login name that the mail server accepted with the user's token, after it had refused
 * the user's address.
 */
export async function setTokenUsername(
  db: Db,
  user: ObservedUser,
  tokenUsername: string,
): Promise<void> {
  await db.update(users).set({ tokenUsername, tokenUsernames: null }).where(isSame(user));
}

/**
 * Marks the user as connected at the first successful login, if the credentials were not tried when
 * they were given. Enqueues an event in the same transaction, unless the partner does not want it.
 * Does nothing if the user is already connected.
 */
export async function setConnected(
  db: Db,
  user: ObservedUser,
  event: Omit<ConnectedEvent, "email">,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [connected] = await tx
      .update(users)
      .set({ connectedAt: sql`now()` })
      .where(and(isSame(user), isNull(users.connectedAt), isNotNull(users.credentialsAt)))
      .returning({ email: users.email });
    if (!connected) return;
    const wanted = await wantedUserEvents(tx, event.partner_id);
    if (wanted.user_connected) await enqueueEvent(tx, { ...event, ...connected });
  });
}

/**
 * Records that the mail server refuses the user's credentials. The first refusal since the
 * credentials worked also enqueues an event, unless the partner does not want it.
 */
export async function setAuthFailed(
  db: Db,
  user: ObservedUser,
  event: AuthFailedEvent,
  reason: ReasonCode,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [found] = await tx
      .select({ state: users.state, incidentAt: users.incidentAt })
      .from(users)
      .where(isSame(user))
      .for("update");
    if (!found || !mayMove(found.state, "auth_failed")) return;
    const change = {
      ...movedTo("auth_failed", reason),
      incidentAt: sql`coalesce(incident_at, now())`,
    };
    await tx.update(users).set(change).where(eq(users.id, user.userId));
    if (found.incidentAt === null && (await wantsAuthFailed(tx, event.partner_id))) {
      await enqueueEvent(tx, event);
    }
  });
}

async function wantsAuthFailed(tx: Db, partnerId: string): Promise<boolean> {
  const [partner] = await tx
    .select({ webhook: partners.userAuthFailedWebhook })
    .from(partners)
    .where(eq(partners.id, partnerId));
  return (partner?.webhook ?? "").trim() !== "";
}

/** An observed user, with the time as text (ISO 8601). */
interface Identity {
  userId: string;
  credentialsAt: string | null;
}

const toIdentity = ({ userId, credentialsAt }: ObservedUser): Identity => ({
  userId,
  credentialsAt: credentialsAt?.toISOString() ?? null,
});

/**
 * SQL condition: the user still has the credentials that were observed. A timestamptz has
 * microseconds, a Date only milliseconds, so milliseconds are compared.
 */
const isIdentical = ({ userId, credentialsAt }: Slot<Identity>) =>
  and(
    eq(users.id, userId),
    sql`date_trunc('milliseconds', ${users.credentialsAt}) is not distinct from ${credentialsAt}::timestamptz`,
  );

const isSame = (user: ObservedUser) => isIdentical(toIdentity(user));

const mayBecome = (user: ObservedUser, state: ObservedState) =>
  and(isSame(user), inArray(users.state, statesBefore(state)));

const movedTo = (state: ObservedState, reason: ReasonCode | null) => ({
  state,
  stateReason: reason,
  stateChangedAt: sql`case when ${users.state} is distinct from ${state} then now() else ${users.stateChangedAt} end`,
});
