import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { inCheckout } from "../../../dev/checkout.ts";

const LISTENER = `const server = require("node:net").createServer();
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(server.address().port));`;

/**
 * Starts a server to which nobody can connect: its accept queue is full, and its process is
 * stopped.
 */
export async function startDeafServer(): Promise<AsyncDisposable & { url: string }> {
  const child = spawn(inCheckout("node_modules", ".bin", "node"), ["-e", LISTENER], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  const port = Number(String(line));
  const { pid } = child;
  if (pid === undefined) throw new Error("Cannot start a deaf server: it has no process id");
  process.kill(pid, "SIGSTOP");
  const queued: Socket[] = [];
  for (let i = 0; i < 4; i++) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    queued.push(socket);
  }
  await once(queued[0] ?? child, "connect");
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      for (const socket of queued) socket.destroy();
      const exited = once(child, "exit");
      process.kill(pid, "SIGKILL");
      await exited;
    },
  };
}
