import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import type { Resolve, ResolvedAddress } from "../../../fleet/dialling/resolve.ts";

/** A DNS server (RFC 1035, over UDP) whose answers the test chooses. */
export interface NameServer extends AsyncDisposable {
  /** The number of look-ups of a name. One look-up asks for both IPv4 and IPv6 addresses. */
  asked(name: string): number;
  /** Looks a name up. Asks only this server. */
  resolve: Resolve;
  /** The address of this server, in the format that `setServers()` of `node:dns` expects. */
  address: string;
}

const TYPE_A = 1;
const TYPE_AAAA = 28;
const CLASS_IN = 1;

/**
 * @param findAddresses Returns the addresses of a name. Undefined: the name does not exist.
 * "silence": the server does not answer. `n` counts the look-ups of the name, from 1.
 */
export async function startNameServer(
  findAddresses: (name: string, n: number) => readonly string[] | "silence" | undefined,
): Promise<NameServer> {
  // The number of questions by type and name. Each look-up asks two questions: A and AAAA.
  const questions = new Map<string, number>();
  const lookups = (name: string, type: number) => questions.get(`${type} ${name}`) ?? 0;
  const socket = createSocket("udp4");
  socket.on("message", (message, from) => {
    const { name, type, end } = parseQuestion(message);
    const n = lookups(name, type) + 1;
    questions.set(`${type} ${name}`, n);
    const addresses = findAddresses(name, n);
    if (addresses === "silence") return;
    const records = (addresses ?? [])
      .filter((address) => isIPv6(address) === (type === TYPE_AAAA))
      .map((address) => encodeRecord(address, type));
    const flags = addresses ? 0x8180 : 0x8183;
    const header = Buffer.concat([message.subarray(0, 2), numbers(flags, 1, records.length, 0, 0)]);
    socket.send(
      Buffer.concat([header, message.subarray(12, end), ...records]),
      from.port,
      from.address,
    );
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  return {
    asked: (name) => lookups(name, TYPE_A),
    address: `127.0.0.1:${port}`,
    async resolve(host) {
      // Each look-up uses a new resolver, because Bun's default resolver caches answers.
      const resolver = new Resolver();
      resolver.setServers([`127.0.0.1:${port}`]);
      const v6 = resolver.resolve6(host).catch(() => []);
      // The look-up fails only if the name has neither an IPv4 nor an IPv6 address.
      const v4 = resolver.resolve4(host).catch(async (error: unknown) => {
        if ((await v6).length === 0) throw error;
        return [];
      });
      return [
        ...(await v4).map((address): ResolvedAddress => ({ address, family: 4 })),
        ...(await v6).map((address): ResolvedAddress => ({ address, family: 6 })),
      ];
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, "close");
    },
  };
}

/**
 * Parses the first question of a message: a name, a type and a class. `end` is the offset of the
 * first byte after the question.
 */
function parseQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

/** Returns a resource record with this address. Its TTL is 0, so that clients do not cache it. */
function encodeRecord(address: string, type: number): Buffer {
  const bytes =
    type === TYPE_AAAA ? encodeV6(address) : Buffer.from(address.split(".").map(Number));
  const theName = 0xc00c;
  return Buffer.concat([numbers(theName, type, CLASS_IN, 0, 0, bytes.length), bytes]);
}

function encodeV6(address: string): Buffer {
  const [start = "", end = ""] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string) =>
    text === "" ? [] : text.split(":").map((part) => parseInt(part, 16));
  const before = groups(start);
  const after = groups(end);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return numbers(...before, ...zeros, ...after);
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries()) bytes.writeUInt16BE(value, i * 2);
  return bytes;
}
