import type { readWatchedUsers } from "../../../db/users/watched-users.ts";
import type { Account, Login } from "./account.ts";

export type WatchedRow = Awaited<ReturnType<typeof readWatchedUsers>>[number];

/**
 * Converts a row to an account.
 * @returns null when the credentials are not of the provider's kind, so that no login is possible.
 */
export function toAccount(row: WatchedRow): Account | null {
  const { userId, accountEpoch: epoch, tag, partnerId, providerCode } = row;
  const { harms, harmedAt, trialAt } = row;
  const { credentialsAt, clientAt, isNew, hasWorked, watchFrom } = row;
  const { host, port, security, isOwnHost, idleMinutes, loginRate } = row;
  const login = toLogin(row);
  if (!login) return null;
  const server = { host, port, security, isOwnHost, idleMinutes, loginRate };
  const user = { userId, epoch, tag, partnerId, providerCode };
  return {
    ...user,
    server,
    login,
    credentialsAt,
    clientAt,
    isNew,
    hasWorked,
    watchFrom,
    harm:
      harms !== null && harmedAt !== null ? { harms, harmedAt, isOnTrial: trialAt !== null } : null,
    tracers: chooseTracers(row),
  };
}

function chooseTracers({ enableTracer, deliverTracers }: WatchedRow): Account["tracers"] {
  if (!enableTracer) return "none";
  return deliverTracers ? "delivered" : "kept";
}

function toLogin(row: WatchedRow): Login | null {
  // `tokenUsername` is a name from the ID token. The mail server refused the e-mail address, and
  // then accepted this name.
  const account = row.kind === "plain" ? row.email : (row.tokenUsername ?? row.email);
  const username = row.loginUsername ?? account;
  if (username === null) return null;
  switch (row.kind) {
    case "plain": {
      const { sealedLoginPassword: sealedPassword } = row;
      return sealedPassword === null ? null : { kind: "password", username, sealedPassword };
    }
    case "oauth2": {
      const { saslMechanism } = row;
      const mechanism = saslMechanism === "XOAUTH" ? null : saslMechanism;
      const hasOthers = row.loginUsername === null && row.tokenUsernames !== null;
      const others = hasOthers ? { otherNames: row.tokenUsernames ?? [] } : {};
      return { kind: "oauth2", username, mechanism, ...others };
    }
    case "oauth1": {
      const { sealedOauth1Token, connectionId, oauth1ConsumerKey, sealedOauth1ConsumerSecret } =
        row;
      if (!sealedOauth1Token || !oauth1ConsumerKey || !sealedOauth1ConsumerSecret) return null;
      return {
        kind: "oauth1",
        username,
        sealedToken: sealedOauth1Token,
        connectionId,
        consumerKey: oauth1ConsumerKey,
        sealedConsumerSecret: sealedOauth1ConsumerSecret,
      };
    }
  }
}
