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
 * Credentials from a person, sealed for this user. They replace all earlier credentials. `isTried`
 * is true when the mail server has accepted them. When it is false, the user counts as connected
 * only after the first login.
 */
export type GivenCredentials = { isTried: boolean } & (
  | {
      kind: "oauth2";
      email: string;
      sealedRefreshToken: string;
      tokenUsername: string | null;
      /**
       * Names to try in turn when the server refuses the address; null when the login name is
       * known.
       */
      tokenUsernames: string[] | null;
    }
  | { kind: "oauth1"; email: string; sealedOauth1Token: string }
  | {
      kind: "plain";
      loginUsername: string;
      sealedLoginPassword: string;
      /**
       * The user's own mail server. Null when the provider's server is used: then the form does not
       * ask for a server.
       */
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

/** Reads the user and locks it until the transaction ends. */
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
 * Stores new credentials of a living user. The fleet logs in with them immediately. The previous
 * refresh token is not revoked: it belongs to the same account, and Google would revoke the new
 * token together with it.
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
      ...toColumns(given),
      // If the user already has an address, it stays unchanged: the new address differs from it at
      // most in upper and lower case.
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

function toColumns(given: GivenCredentials) {
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
 * Deletes the credentials of a user and enqueues the revocation of its tokens. An archived user
 * stays archived. If the user has a password, the login name is deleted, too. Without a password,
 * the login name is kept: the partner has set it for logins with a token, and the next token is for
 * the same mailbox.
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
