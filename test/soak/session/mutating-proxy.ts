import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { HOST, readPort } from "../../../dev/stack/ports.ts";
import { type Draw, newDraw } from "../draw.ts";
import { mutateAnswer } from "./mutate-answer.ts";

export interface MutatingProxy extends AsyncDisposable {
  port: number;
  /** Stops the mutations. Data that was already mutated is not corrected. */
  tellTruth(): void;
}

export interface ProxyOptions {
  host: string;
  port: number;
  seed: number;
  keepsIds: boolean;
  /** Called for each mutated answer, with the answer before and after the mutation. */
  note(line: string): void;
  onMutated(): void;
}

/**
 * The probabilities that an answer is mutated. Each connection uses one of them, so that some
 * sessions get far and others do not.
 */
const SHARES = [0.02, 0.1, 0.3, 0.6];
const CLOSE_SHARE = 0.005;
const IN_PIECES_SHARE = 0.3;
const MAX_PIECES = 6;

/** Starts a proxy in front of an IMAP server without TLS. It mutates the server's answers. */
export async function startMutatingProxy(options: ProxyOptions): Promise<MutatingProxy> {
  const sockets = new Set<Socket>();
  let isTruthful = false;
  let count = 0;
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: options.host, port: options.port, noDelay: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("close", () => upstream.destroy());
    client.pipe(upstream);
    const liar = newLiar(newDraw(options.seed + 7_919 * ++count), count, options);
    // Sends the answers one after another. While the pieces of one answer are sent, the next must
    // wait.
    let sending = Promise.resolve();
    let held = "";
    upstream.on("data", (data) => {
      held += data.toString("latin1");
      if (!isTruthful && !held.endsWith("\r\n")) return;
      const answer = held;
      held = "";
      const said = isTruthful ? { pieces: [answer], isLast: false } : liar(answer);
      sending = sending.then(() => send(client, said));
    });
    upstream.on("close", () => void sending.then(() => client.destroy()));
  });
  server.listen(0, HOST);
  await once(server, "listening");
  return {
    port: readPort(server),
    tellTruth: () => void (isTruthful = true),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** What the client gets instead of the server's answer. */
interface Said {
  pieces: string[];
  /** Whether the proxy closes the connection after this answer. */
  isLast: boolean;
}

function newLiar(draw: Draw, connection: number, options: ProxyOptions): (answer: string) => Said {
  const share = draw.pick(SHARES);
  return (answer) => {
    const mutated = draw.chance(share) ? mutateAnswer(answer, { ...options, draw }) : null;
    if (mutated) {
      const { made, text } = mutated;
      options.onMutated();
      options.note(`connection ${connection}, ${made}:\n  ${quote(answer)}\n  ${quote(text)}`);
    }
    const isLast = draw.chance(CLOSE_SHARE);
    if (isLast) options.note(`connection ${connection}, closed`);
    return { pieces: toPieces(mutated?.text ?? answer, draw), isLast };
  };
}

const quote = (text: string) =>
  JSON.stringify(text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text);

function toPieces(text: string, draw: Draw): string[] {
  if (!draw.chance(IN_PIECES_SHARE)) return [text];
  const cuts = Array.from({ length: draw.few(MAX_PIECES) }, () => draw.below(text.length));
  const ends = [...cuts.toSorted((a, b) => a - b), text.length];
  return ends.map((end, i) => text.slice(ends[i - 1] ?? 0, end));
}

async function send(client: Socket, { pieces, isLast }: Said): Promise<void> {
  for (const piece of pieces) {
    if (client.destroyed) return;
    client.write(Buffer.from(piece, "latin1"));
    if (pieces.length > 1) await turn();
  }
  if (isLast) client.destroy();
}
