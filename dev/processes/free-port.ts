import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** The only address that servers listen on. */
export const HOST = "127.0.0.1";

/**
 * The lowest port to try. END_PORT is below the ports that Linux (32,768 and above) and macOS
 * assign to connections and to programs that ask for any port.
 */
const FIRST_PORT = 15_000;
const END_PORT = 32_000;
const TRIES = 1_000;

/**
 * Reserves a free port for this process until it ends: this function returns the port to no other
 * process, even while no server uses it.
 */
export async function claimPort(): Promise<number> {
  for (let i = 0; i < TRIES; i++) {
    const port = randomInt(FIRST_PORT, END_PORT);
    if ((await claim(port)) && (await isFree(port))) return port;
  }
  throw new Error(`Cannot find a free port from ${FIRST_PORT} to ${END_PORT - 1} on ${HOST}`);
}

/**
 * Marks a port as reserved by binding the UDP port with the same number: our servers use only TCP,
 * and the system frees the UDP port when the process ends. Returns false when the UDP port is
 * already bound.
 */
async function claim(port: number): Promise<boolean> {
  const socket = createSocket("udp4");
  try {
    socket.bind({ port, address: HOST, exclusive: true });
    await once(socket, "listening");
  } catch {
    return false;
  }
  socket.unref();
  return true;
}

export async function isFree(port: number): Promise<boolean> {
  const server = await tryListen(port);
  if (!server) return false;
  server.close();
  await once(server, "close");
  return true;
}

async function tryListen(port: number): Promise<Server | undefined> {
  const server = createServer();
  server.listen(port, HOST);
  try {
    await once(server, "listening");
    return server;
  } catch {
    return undefined;
  }
}
