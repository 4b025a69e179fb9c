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

interface RenewedUser {
  account(): Account;
  /** Called when `done` aborts, also while nobody has asked for `done`. */
  wake(): void;
}

/**
 * Gets the next access token of a session at `renewAtMs`. When the token is available, the session
 * must end. It must end also when the provider gives no token: the next session finds out why.
 * While the provider does not answer, the session continues with the old token.
 */
export class TokenRenewal implements Disposable {
  #isDone = false;
  #done: AbortController | null = null;
  readonly #deps: RenewalDeps;
  readonly #user: RenewedUser;
  readonly #timer: NodeJS.Timeout;
  /** Stops the request for a token; null while there is none. */
  #asking: AbortController | null = null;

  constructor(deps: RenewalDeps, user: RenewedUser, renewAtMs: number) {
    this.#deps = deps;
    this.#user = user;
    const delayMs = Math.max(renewAtMs - deps.clock.now(), 0);
    // All renewals share this function: a closure for each would cost memory.
    this.#timer = setTimeout(begin, delayMs, this);
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Aborts when the session must end. The next session then begins with a new access token. */
  get done(): AbortSignal {
    this.#done ??= new AbortController();
    if (this.#isDone) this.#done.abort();
    return this.#done.signal;
  }

  /** Drops the signal `done`, when it is not used any more. */
  dropSignal(): void {
    this.#done = null;
  }

  async renew(): Promise<void> {
    this.#asking = new AbortController();
    await this.#ask(this.#asking.signal);
    if (this.#asking.signal.aborted) return;
    this.#isDone = true;
    this.#done?.abort();
    this.#user.wake();
  }

  /** Asks until the provider gives a token, refuses one, or `signal` aborts. */
  async #ask(signal: AbortSignal): Promise<void> {
    const { clock, log, tokens } = this.#deps;
    for (let errors = 1; !signal.aborted; errors++) {
      try {
        await tokens.accessToken(this.#user.account(), signal);
        return;
      } catch (error) {
        if (!(error instanceof TokenError) || error.failure.kind !== "transient") return;
        if (signal.aborted) return;
        const delayMs = reconnectDelayMs(errors, clock.random);
        const retryMs = Math.max(delayMs, error.retryAfterMs ?? 0);
        const { userId } = this.#user.account();
        const said = { errors, retry_ms: retryMs, error: error.message };
        log.warn("token.not_renewed", { user_id: userId, ...said });
        await clock.sleep(retryMs, signal);
      }
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }
}

const begin = (renewal: TokenRenewal) => void renewal.renew();
