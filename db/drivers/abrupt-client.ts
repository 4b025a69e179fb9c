import { Client } from "pg";

/**
 * How long `end()` tries to send the last bytes to the server. After this time, the connection is
 * closed even if they are not sent.
 */
const MAX_GOODBYE_MS = 5_000;

/**
 * A connection that is closed as soon as its last bytes are sent. The driver's own `Client` waits
 * until the server closes the connection too. A server that has become silent never does this.
 */
export class AbruptClient extends Client {
  /** Collects what is sent until `uncork()`. */
  cork(): void {
    this.connection.stream.cork();
  }

  uncork(): void {
    this.connection.stream.uncork();
  }

  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | void {
    const { stream } = this.connection;
    stream.once("finish", () => stream.destroy());
    // Because of unref(), this timer does not keep the process running. Only the connection keeps
    // it running, until the connection is closed.
    const timer = setTimeout(() => stream.destroy(), MAX_GOODBYE_MS).unref();
    stream.once("close", () => clearTimeout(timer));
    return callback ? super.end(callback) : super.end();
  }
}
