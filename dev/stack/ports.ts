import { claimPort, isFree } from "../processes/free-port.ts";

export { HOST } from "../processes/free-port.ts";

export interface Ports {
  edge: number;
  sink: number;
  oauth: number;
  imap: number;
  imaps: number;
  smtp: number;
  postgres: number;
  database_proxy: number;
  nats: number;
}

export const DEFAULT_PORTS: Ports = {
  edge: 8787,
  sink: 8790,
  oauth: 8791,
  imap: 1143,
  imaps: 1993,
  smtp: 2525,
  postgres: 54329,
  database_proxy: 54330,
  nats: 42229,
};

/** The port 0 means any free port. */
export const FREE_PORTS: Ports = {
  edge: 0,
  sink: 0,
  oauth: 0,
  imap: 0,
  imaps: 0,
  smtp: 0,
  postgres: 0,
  database_proxy: 0,
  nats: 0,
};

export interface ChosenPorts {
  ports: Ports;
  /** The wanted ports that were not free, with their replacements. */
  moved: { name: string; wanted: number; used: number }[];
}

/** Returns the wanted ports. Each port that is not free is replaced by a free one. */
export async function choosePorts(wanted: Ports): Promise<ChosenPorts> {
  const ports = { ...wanted };
  const moved: ChosenPorts["moved"] = [];
  for (const name of Object.keys(DEFAULT_PORTS) as (keyof Ports)[]) {
    if (wanted[name] > 0 && (await isFree(wanted[name]))) continue;
    ports[name] = await claimPort();
    if (wanted[name] > 0) moved.push({ name, wanted: wanted[name], used: ports[name] });
  }
  return { ports, moved };
}

/** Returns the port of a listening server. */
export function readPort(server: { address(): unknown }): number {
  const address = server.address();
  if (typeof address === "object" && address !== null && "port" in address) {
    return Number(address.port);
  }
  throw new Error("Cannot get the port: the server is not listening");
}
