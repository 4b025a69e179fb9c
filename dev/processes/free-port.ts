import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** The address on which all servers of a stack listen. */
export const HOST = "127.0.0.1";

/**
 * The lowest port to try. All tried ports are below END_PORT, and so below the ports that Linux
 * (from 32,768) and macOS assign automatically.
 */
const FIRST_PORT = 15_000;
const END_PORT = 32_000;
const TRIES = 1_000;

/**
 * Reserves a free port for this process until it ends. Meanwhile this function gives the port to no
 * other process, even while no server listens on it.
 */
export async function claimPort(): Promise<number> {
  for (let i = 0; i < TRIES; i++) {
    const port = randomInt(FIRST_PORT, END_PORT);
    if ((await claim(port)) && (await isFree(port))) return port;
  }
  throw new Error(`Cannot find a free port from ${FIRST_PORT} to ${END_PORT - 1} on ${HOST}`);
}

/**
 * Reserves a TCP port by binding the UDP port with the same number, which our servers do not use.
 * The system frees it when the process ends. Returns false when the UDP port is already bound.
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
