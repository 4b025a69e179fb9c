import { eq, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { forgetHarms } from "./user-harms.ts";
import { enqueueRevocations } from "../removal/revocations.ts";
import { users } from "./tables.ts";

export type ConnectableUser = Pick<
  typeof users.$inferSelect,
  "id" | "tag" | "email" | "connectedAt" | "credentialsAt" | "archivedAt" | "pausedAt"
>;

/**
 * What a person gave, sealed for this user; it takes the place of all that was given before. `isTried`: the mail server took
 * it. Else the user counts as connected only after its first login.
 */
export type GivenCredentials = { isTried: boolean } & (
  | {
      kind: "oauth2";
      email: string;
      sealedRefreshToken: string;
      tokenUsername: string | null;
      /** To be tried in turn when the address is refused, where nothing is known of the login yet. */
      tokenUsernames: string[] | null;
    }
  | { kind: "oauth1"; email: string; sealedOauth1Token: string }
  | {
      kind: "plain";
      loginUsername: string;
      sealedLoginPassword: string;
      /** Null: as the provider says. */
      host: Pick<typeof users.$inferSelect, "imapHost" | "imapPort" | "imapSecurity"> | null;
    }
);

const NO_CREDENTIALS = {
  tokenUsername: null,
  tokenUsernames: null,
  sealedLoginPassword: null,
  sealedRefreshToken: null,
  sealedPreviousRefreshToken: null,
  refreshedAt: null,
  sealedOauth1Token: null,
  incidentAt: null,
} as const;

/** The user, locked until the transaction ends. */
export async function lockConnectable(
  tx: Db,
  userId: string,
): Promise<ConnectableUser | undefined> {
  const { id, tag, email, connectedAt, credentialsAt, archivedAt, pausedAt } = users;
  const [user] = await tx
    .select({ id, tag, email, connectedAt, credentialsAt, archivedAt, pausedAt })
    .from(users)
    .where(eq(users.id, userId))
    .for("update");
  return user;
}

/**
 * A living user has these, and logs in with them at once. The refresh token of before is
 * not revoked: it is of the same account, and Google revokes an account's tokens together.
 */
export async function giveCredentials(
  tx: Db,
  user: ConnectableUser,
  given: GivenCredentials,
): Promise<typeof users.$inferSelect> {
  await forgetHarms(tx, user.id);
  const [changed] = await tx
    .update(users)
    .set({
      ...NO_CREDENTIALS,
      ...columnsOf(given),
      // The partner's own spelling of the address stays.
      ...(given.kind !== "plain" && { email: user.email ?? given.email }),
      state: user.pausedAt === null ? "new" : "paused",
      stateReason: null,
      stateChangedAt: sql`now()`,
      credentialsAt: sql`now()`,
      connectedAt: given.isTried ? sql`now()` : null,
    })
    .where(eq(users.id, user.id))
    .returning();
  if (!changed) throw new Error(`Cannot connect user ${user.id}: no row came back`);
  return changed;
}

function columnsOf(given: GivenCredentials) {
  switch (given.kind) {
    case "oauth2":
      return {
        sealedRefreshToken: given.sealedRefreshToken,
        tokenUsername: given.tokenUsername,
        tokenUsernames: given.tokenUsernames,
        refreshedAt: sql`now()`,
      };
    case "oauth1":
      return { sealedOauth1Token: given.sealedOauth1Token };
    case "plain":
      return {
        loginUsername: given.loginUsername,
        sealedLoginPassword: given.sealedLoginPassword,
        ...given.host,
      };
  }
}

/**
 * Nothing is left to log in with; tokens are revoked at the provider. An archived user stays archived. A login name goes with
 * its password; one that the partner set for tokens stays, since the next token is for the same mailbox.
 */
export async function forgetCredentials(tx: Db, user: ConnectableUser): Promise<void> {
  await enqueueRevocations(tx, [user.id]);
  const state = user.pausedAt === null ? "new" : "paused";
  const moved = { state, stateReason: null, stateChangedAt: sql`now()` } as const;
  await tx
    .update(users)
    .set({
      ...NO_CREDENTIALS,
      loginUsername: sql`case when ${users.sealedLoginPassword} is null then ${users.loginUsername} end`,
      ...(user.archivedAt === null && moved),
      credentialsAt: null,
      connectedAt: null,
    })
    .where(eq(users.id, user.id));
}
