import * as v from "valibot";
import { readInstallationId } from "../../../db/fleet/installation.ts";
import { natsUrl, startNats } from "../../../dev/servers/nats-server.ts";
import type { Program } from "../../../dev/processes/program.ts";
import { type Bus, connectBus } from "../../../fleet/bus/bus.ts";
import { createEndpointClient, type Post } from "../../../fleet/dialling/endpoint-client.ts";
import { MailReader } from "../../../fleet/mime/reading/mail-reader.ts";
import { systemClock } from "../../../shared/clock.ts";
import { type ConnectLinks, connectLinks } from "../../../shared/secrets/connect-link.ts";
import { partnerKeys } from "../../../shared/secrets/vault.ts";
import {
  type DatabasePrograms,
  type DatabaseStack,
  startOwnDatabaseStack,
} from "./database-stack.ts";
import { startDatabaseStack } from "./start-database-stack.ts";
import { newTestLog, type TestLog } from "../test-log.ts";

const MIB = 1_024 * 1_024;
const SIZES = {
  eventsBytes: 64 * MIB,
  bodiesBytes: 256 * MIB,
  deadBytes: 64 * MIB,
  attemptsBytes: 64 * MIB,
  replicas: 1,
};

/** Rules for outgoing connections. They allow endpoints on this machine. */
export const LOCAL_ENDPOINTS = {
  ports: [],
  allowsHttp: true,
  allowsPrivateHosts: true,
  maxIdleSockets: 64,
};

/** PostgreSQL and NATS, for tests that run parts of the fleet in the test's process. */
export interface FleetStack
  extends Pick<DatabaseStack, "context" | "db" | "vaults" | "newPartner">, AsyncDisposable {
  databaseUrl: string;
  natsUrl: string;
  /** The folder with the data of NATS. */
  natsFolder: string;
  bus: Bus;
  links: ConnectLinks;
  /** Sends webhooks. Endpoints on this machine are allowed. */
  post: Post;
  /** Parses mails in child processes. They use the same runtime (such as Bun) as this process. */
  mails: MailReader;
  /** The log of this stack. Tests also pass it to the parts of the fleet that they start. */
  log: TestLog;
  /** The NATS server, which tests can stop and start. */
  programs: { nats: Program };
}

/** A fleet stack in which a test can also stop PostgreSQL and its proxy. */
export type OwnFleetStack = FleetStack & { programs: DatabasePrograms };

export const startFleetStack = async (): Promise<FleetStack> =>
  await startFleetOn(await startDatabaseStack());

export async function startOwnFleetStack(): Promise<OwnFleetStack> {
  const database = await startOwnDatabaseStack();
  const stack = await startFleetOn(database);
  return { ...stack, programs: { ...stack.programs, ...database.programs } };
}

async function startFleetOn(database: DatabaseStack): Promise<FleetStack> {
  await using opened = new AsyncDisposableStack();
  opened.use(database);
  const { context, db, address, vaults, newPartner } = database;
  const nats = opened.use(await startNats(context));
  const log = newTestLog();
  const installationId = await readInstallationId(db);
  const busOptions = { url: natsUrl(context), name: "test", sizes: SIZES, installationId };
  const bus = opened.use(await connectBus({ clock: systemClock, log }, busOptions, context.signal));
  const { post } = opened.use(createEndpointClient({}, LOCAL_ENDPOINTS));
  const mails = opened.use(new MailReader({ clock: systemClock, log }));
  const resources = opened.move();
  return {
    context,
    db,
    databaseUrl: address.url,
    natsUrl: busOptions.url,
    natsFolder: context.folder.nats,
    bus,
    links: connectLinks(v.parse(partnerKeys, context.keys.partner_keys), "https://edge.example"),
    post,
    mails,
    vaults,
    log,
    programs: { nats },
    newPartner,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
