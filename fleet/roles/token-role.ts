import type { Tokens, TokensSettings } from "../tokens/tokens.ts";
import { createGrantKeeper, type GrantKeeperDeps } from "../tokens/grant-keeper.ts";
import { createRevoker, type RevokerDeps } from "../tokens/revoker.ts";
import type { Service } from "../../shared/concurrency/run-together.ts";
import type { FleetSettings } from "../settings.ts";

const FIRST_REVOCATION_RETRY_MS = 30_000;

/** Returns the settings of the access tokens. */
export const tokensSettings = (settings: FleetSettings): TokensSettings => ({
  timeoutMs: settings.TOKEN_TIMEOUT,
  concurrency: settings.TOKEN_CONCURRENCY,
  renewalMarginMs: settings.TOKEN_RENEWAL_MARGIN,
});

/**
 * Returns two services. One uses idle refresh tokens, so that their providers keep them. The other
 * revokes refresh tokens that are no longer needed.
 */
export const tokenServices = (
  deps: GrantKeeperDeps & RevokerDeps & { tokens: Tokens },
  settings: FleetSettings,
): Service[] => [
  createGrantKeeper(deps, { intervalMs: settings.TOKEN_KEEPING_INTERVAL }).run,
  createRevoker(deps, {
    intervalMs: settings.REVOCATION_INTERVAL,
    timeoutMs: settings.TOKEN_TIMEOUT,
    retryMs: FIRST_REVOCATION_RETRY_MS,
  }).run,
];
