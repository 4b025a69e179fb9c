import { Buffer } from "node:buffer";
import {
  type ConnectionOptions,
  type NatsConnection,
  NatsConnectionImpl,
  setTransportFactory,
} from "@nats-io/nats-core/internal";
import { NodeTransport, nodeResolveHost } from "@nats-io/transport-node/lib/node_transport.js";

/**
 * Writes to the socket once in each turn of the event loop. The library's transport writes after
 * each command. In busy lanes, those writes took 30 % of the CPU time.
 */
class GroupingTransport extends NodeTransport {
  #frames: Uint8Array[] = [];

  override send(frame: Uint8Array): void {
    this.#frames.push(frame);
    if (this.#frames.length === 1) setImmediate(() => this.#flush());
  }

  override close(error?: Error): Promise<void> {
    this.#flush();
    return super.close(error);
  }

  #flush(): void {
    const frames = this.#frames;
    if (frames.length === 0) return;
    this.#frames = [];
    super.send(Buffer.concat(frames));
  }
}

/** Connects like `connect()` of the library, with a GroupingTransport. */
export function connectGrouping(options: ConnectionOptions): Promise<NatsConnection> {
  setTransportFactory({ factory: () => new GroupingTransport(), dnsResolveFn: nodeResolveHost });
  return NatsConnectionImpl.connect(options);
}
