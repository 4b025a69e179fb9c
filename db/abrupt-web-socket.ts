/** How long a server may take to agree that a connection is closed. */
const MAX_GOODBYE_MS = 5_000;

/**
 * A WebSocket that counts as closed as soon as we close it. By itself it would wait for the other
 * side, and one that answers nothing does not answer that either.
 */
export class AbruptWebSocket extends WebSocket {
  override close(code?: number, reason?: string): void {
    super.close(code, reason);
    queueMicrotask(() => this.dispatchEvent(new Event("close")));
    if (!("terminate" in this) || typeof this.terminate !== "function") return;
    const terminate = this.terminate.bind(this);
    const timer: unknown = setTimeout(() => terminate(), MAX_GOODBYE_MS);
    // It keeps no process alive.
    if (timer instanceof Object && "unref" in timer && typeof timer.unref === "function") {
      timer.unref();
    }
  }
}
