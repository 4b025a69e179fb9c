import { Client } from "pg";

/** How long the last bytes to a server may take. */
const MAX_GOODBYE_MS = 5_000;

/**
 * A connection that is closed as soon as its last bytes are sent. The driver's own waits for the
 * server to close its side, which a server that has become silent never does.
 */
export class AbruptClient extends Client {
  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | void {
    const { stream } = this.connection;
    stream.once("finish", () => stream.destroy());
    // The connection, while it exists, keeps the process running; the timer does not.
    const timer = setTimeout(() => stream.destroy(), MAX_GOODBYE_MS).unref();
    stream.once("close", () => clearTimeout(timer));
    return callback ? super.end(callback) : super.end();
  }
}
