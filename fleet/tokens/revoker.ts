import type { Db } from "../../db/client.ts";
import {
  claimRevocations,
  dropRevocation,
  noteRevocationError,
  type Revocation,
} from "../../db/revocations.ts";
import type { Clock } from "../../shared/clock.ts";
import { messageOf } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/repeat.ts";
import type { Opener } from "../../shared/vault.ts";
import { requestRevocation } from "./oauth-client.ts";
import { type RevocationOutcome, revocationOutcomeOf } from "./revocation-outcome.ts";

export interface RevokerDeps {
  db: Db;
  clock: Clock;
  log: Log;
  mailboxVault: Opener;
  partnerVault: Opener;
}

export interface RevokerSettings {
  intervalMs: number;
  /** Of one request. */
  timeoutMs: number;
  /** Before the second try; twice as long each time, up to six hours. */
  retryMs: number;
}

const BATCH = 8;
const MAX_DELAY_MS = 6 * 60 * 60_000;
/** With pauses that begin at half a minute: about four days. */
const MAX_TRIES = 25;

/** Has refresh tokens of users who left revoked at their providers. Each is taken by one instance at a time. */
export function createRevoker(deps: RevokerDeps, settings: RevokerSettings): Repetition {
  const { db, log } = deps;

  /** Never rejects: what could not be written is tried again. */
  async function settle(revocation: Revocation, signal: AbortSignal): Promise<void> {
    const { id, userId, connectionId, tries } = revocation;
    const ids = { revocation_id: id, user_id: userId, connection_id: connectionId, tries };
    try {
      const outcome = await revoke(deps, settings, revocation, signal);
      if (outcome.kind === "again" && tries < MAX_TRIES) {
        await noteRevocationError(db, id, outcome.error);
        return;
      }
      await dropRevocation(db, id);
      if (outcome.kind === "revoked") log.info("token.revoked", ids);
      else log.error("token.not_revoked", { ...ids, error: outcome.error });
    } catch (error) {
      log.warn("revocation.interrupted", { ...ids, error: messageOf(error) });
    }
  }

  return repeat(deps, {
    name: "revocations",
    everyMs: settings.intervalMs,
    async work(signal) {
      while (!signal.aborted) {
        const due = await claimRevocations(db, {
          limit: BATCH,
          firstDelayMs: settings.retryMs,
          maxDelayMs: MAX_DELAY_MS,
        });
        if (due.length === 0) return;
        await Promise.all(due.map((revocation) => settle(revocation, signal)));
      }
    },
  });
}

async function revoke(
  { mailboxVault, partnerVault }: RevokerDeps,
  { timeoutMs }: RevokerSettings,
  revocation: Revocation,
  signal: AbortSignal,
): Promise<RevocationOutcome> {
  const { userId, connectionId, clientId, sealedClientSecret, sealedToken } = revocation;
  const secretRow = `partner_connections/${connectionId}/oauth2_client_secret` as const;
  const secret =
    sealedClientSecret === null ? null : await partnerVault.open(secretRow, sealedClientSecret);
  const token = await mailboxVault.open(`users/${userId}/refresh_token`, sealedToken);
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const client = { id: clientId, secret };
    return revocationOutcomeOf(
      await requestRevocation(revocation.revokeUrl, client, token, deadline),
    );
  } catch (error) {
    return { kind: "again", error: messageOf(error) };
  }
}
