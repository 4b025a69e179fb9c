/**
 * How long to wait for the server to confirm the close. After that, the connection is terminated.
 */
const MAX_GOODBYE_MS = 5_000;

/**
 * A WebSocket that counts as closed as soon as `close()` is called. The standard WebSocket waits
 * for the other side, which may never answer.
 */
export class AbruptWebSocket extends WebSocket {
  override close(code?: number, reason?: string): void {
    super.close(code, reason);
    queueMicrotask(() => this.dispatchEvent(new Event("close")));
    if (!("terminate" in this) || typeof this.terminate !== "function") return;
    const terminate = this.terminate.bind(this);
    const timer: unknown = setTimeout(() => terminate(), MAX_GOODBYE_MS);
    // Without unref(), the timer would keep the process running.
    if (timer instanceof Object && "unref" in timer && typeof timer.unref === "function") {
      timer.unref();
    }
  }
}
