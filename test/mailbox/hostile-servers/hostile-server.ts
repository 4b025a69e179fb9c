import { createServer, type Socket } from "node:net";
import { once } from "node:events";

/** The steps of a session at which an attack may begin. */
export const STEPS = [
  "GREETING",
  "CAPABILITY",
  "LOGIN",
  "LIST",
  "EXAMINE",
  "SEARCH",
  "HEADERS",
  "BODIES",
  "IDLE",
] as const;
export type Step = (typeof STEPS)[number];

export interface HostileServer extends AsyncDisposable {
  port: number;
  /** The number of bytes that the attacks have written so far. */
  readonly sentBytes: number;
  /** The number of connections so far. */
  readonly connections: number;
}

/**
 * An attack. When a session reaches the step `at`, the server sends the text `sends` endlessly, or
 * once if `isOnce` is true.
 */
export interface ServerAttack {
  at: Step;
  sends: string;
  isOnce?: boolean;
}

const BLOCK_BYTES = 256 * 1_024;

/**
 * Starts a mail server with one mail. At one step it sends the data of the attack, as fast as the
 * client reads.
 */
export async function startHostileServer(
  attack: (login?: string) => ServerAttack,
): Promise<HostileServer> {
  let sentBytes = 0;
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    connections++;
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const { at, sends, isOnce = false } = attack();
    const block = Buffer.from(
      isOnce ? sends : sends.repeat(Math.ceil(BLOCK_BYTES / sends.length)),
      "latin1",
    );
    const flood = () => {
      if (socket.destroyed) return;
      sentBytes += block.length;
      const mayGoOn = socket.write(block);
      if (isOnce) return;
      if (mayGoOn) setImmediate(flood);
      else socket.once("drain", flood);
    };
    const answer = (step: Step, text: string) => {
      if (step === at) flood();
      if (step !== at || isOnce) socket.write(text);
    };
    let rest = "";
    socket.on("data", (bytes) => {
      const lines = (rest + bytes.toString("latin1")).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const reply = replyTo(line);
        if (reply) answer(reply.step, reply.text);
      }
    });
    answer("GREETING", "* OK ready\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return {
    port: address.port,
    get sentBytes() {
      return sentBytes;
    },
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function replyTo(line: string): { step: Step; text: string } | null {
  const [tag, command = "", ...rest] = line.split(" ");
  const done = `${tag} OK done\r\n`;
  switch (command.toUpperCase()) {
    case "CAPABILITY":
      return { step: "CAPABILITY", text: `* CAPABILITY IMAP4rev1 IDLE ESEARCH\r\n${done}` };
    case "LOGIN":
      return { step: "LOGIN", text: done };
    case "LIST":
      return { step: "LIST", text: `* LIST () "/" INBOX\r\n${done}` };
    case "EXAMINE":
      return {
        step: "EXAMINE",
        text: `* 1 EXISTS\r\n* OK [UIDVALIDITY 7] \r\n* OK [UIDNEXT 2] \r\n${done}`,
      };
    case "UID": {
      const asked = rest.join(" ");
      if (asked.startsWith("SEARCH")) return { step: "SEARCH", text: `* SEARCH 1\r\n${done}` };
      return asked.includes("ENVELOPE")
        ? {
            step: "HEADERS",
            text: `* 1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE "01-Jan-2026 00:00:00 +0000" ENVELOPE (NIL "x" NIL NIL NIL NIL NIL NIL NIL "<a@b>"))\r\n${done}`,
          }
        : { step: "BODIES", text: `* 1 FETCH (UID 1 BODY[] {5}\r\nhello)\r\n${done}` };
    }
    case "IDLE":
      return { step: "IDLE", text: "+ idling\r\n" };
    case "":
      return null;
    default:
      return { step: "CAPABILITY", text: done };
  }
}
