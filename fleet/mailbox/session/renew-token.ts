import { reconnectDelayMs } from "../../../shared/concurrency/backoff.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import { TokenError } from "../../tokens/token-error.ts";
import type { Tokens } from "../../tokens/tokens.ts";
import type { Account } from "../login/account.ts";

interface RenewalDeps {
  clock: Clock;
  log: Log;
  tokens: Pick<Tokens, "accessToken">;
}

/**
 * The signal aborts when the session must end. The next session then begins with a new access
 * token.
 */
export interface Renewal extends Disposable {
  signal: AbortSignal;
}

/**
 * Gets the next access token at `renewAtMs`. Aborts the signal when the token is available. Also
 * aborts it when the provider gives no token: the next session finds out why. While the provider
 * does not answer, the session continues with the old token.
 */
export function renewToken(
  { clock, log, tokens }: RenewalDeps,
  account: () => Account,
  renewAtMs: number,
): Renewal {
  const due = new AbortController();
  const left = new AbortController();

  async function renew(): Promise<void> {
    for (let errors = 1; !left.signal.aborted; errors++) {
      try {
        await tokens.accessToken(account(), left.signal);
        return due.abort();
      } catch (error) {
        if (left.signal.aborted) return;
        if (!(error instanceof TokenError) || error.failure.kind !== "transient")
          return due.abort();
        const delayMs = reconnectDelayMs(errors, clock.random);
        const retryMs = Math.max(delayMs, error.retryAfterMs ?? 0);
        const { userId } = account();
        const said = { errors, retry_ms: retryMs, error: error.message };
        log.warn("token.not_renewed", { user_id: userId, ...said });
        await clock.sleep(retryMs, left.signal);
      }
    }
  }

  const timer = setTimeout(() => void renew(), Math.max(renewAtMs - clock.now(), 0));
  return {
    signal: due.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      left.abort();
    },
  };
}
