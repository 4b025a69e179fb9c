import type { Db } from "../../db/client.ts";
import {
  claimRevocation,
  dropRevocation,
  noteRevocationError,
  type Revocation,
} from "../../db/removal/revocations.ts";
import type { Clock } from "../../shared/clock.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import { createPlaces } from "../../shared/concurrency/places.ts";
import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import type { Opener } from "../../shared/secrets/vault.ts";
import { requestRevocation } from "./oauth-client.ts";
import { judgeRevocation, type RevocationOutcome } from "./revocation-outcome.ts";

export interface RevokerDeps {
  db: Db;
  clock: Clock;
  log: Log;
  mailboxVault: Opener;
  partnerVault: Opener;
}

export interface RevokerSettings {
  intervalMs: number;
  /** Timeout of one request. */
  timeoutMs: number;
  /** Delay before the second try. Doubles each time, up to six hours. */
  retryMs: number;
}

/** How many requests run at the same time, to all endpoints together. */
const CONCURRENCY = 8;
const MAX_DELAY_MS = 6 * 60 * 60_000;
/**
 * How many times a revocation is tried. The pauses begin at half a minute, and all tries together
 * take about four days.
 */
const MAX_TRIES = 25;

/**
 * Asks the providers to revoke refresh tokens that are no longer needed. Only one instance at a
 * time works on a token.
 */
export function createRevoker(deps: RevokerDeps, settings: RevokerSettings): Repetition {
  const { db, log } = deps;

  /**
   * Revokes a token and writes the result. Never rejects. If the result cannot be written, the
   * revocation is tried again.
   */
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
      log.warn("revocation.interrupted", { ...ids, error: toErrorText(error) });
    }
  }

  const places = createPlaces(CONCURRENCY);
  /** Revocations in progress, each with its endpoint. */
  const inHand = new Map<Promise<void>, string>();

  async function start(revocation: Revocation, signal: AbortSignal): Promise<void> {
    const place = await places.acquire(toParty(revocation.revokeUrl), signal);
    const settled = settle(revocation, signal).finally(() => {
      place[Symbol.dispose]();
      inHand.delete(settled);
    });
    inHand.set(settled, revocation.revokeUrl);
  }

  async function claimNext(): Promise<Revocation | undefined> {
    if (places.held === CONCURRENCY) return undefined;
    const asked = [...new Set(inHand.values())];
    return claimRevocation(db, {
      firstDelayMs: settings.retryMs,
      maxDelayMs: MAX_DELAY_MS,
      without: asked.filter((url) => !places.hasRoom(toParty(url))),
    });
  }

  return repeat(deps, {
    name: "revocations",
    everyMs: settings.intervalMs,
    async work(signal, goesOn) {
      try {
        while (!signal.aborted) {
          goesOn();
          const due = await claimNext();
          if (due) await start(due, signal);
          else if (inHand.size === 0) return;
          else await untilOne(inHand.keys(), signal);
        }
      } finally {
        await Promise.all(inHand.keys());
      }
    },
  });

  /** Waits until one revocation has settled, or until other revocations may be due. */
  async function untilOne(settling: Iterable<Promise<void>>, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const pause = deps.clock.sleep(settings.intervalMs, AbortSignal.any([signal, woken.signal]));
    await Promise.race([...settling, pause]);
    woken.abort();
  }
}

const toParty = (revokeUrl: string) => ({ partnerId: revokeUrl, host: null });

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
    return judgeRevocation(await requestRevocation(revocation.revokeUrl, client, token, deadline));
  } catch (error) {
    return { kind: "again", error: toErrorText(error) };
  }
}
