import * as v from "valibot";
import { toErrorText } from "../../../shared/errors.ts";
import { type NatsCluster, startNatsCluster } from "../../deploy/nats-cluster.ts";
import { type Cluster, startCluster } from "../../faults/cluster.ts";
import type { ClusterPartner } from "../../faults/cluster-partner.ts";
import { startTestAuthorizationServer } from "../../harness/oauth/authorization-server.ts";
import type { MutingProxy } from "../../harness/network/muting-proxy.ts";
import { introspection } from "../../imap-server/sasl/introspection.ts";
import { addElsewhere, addHooked, addTokenUsers } from "./groups.ts";
import type { FrozenParty, Group } from "./party.ts";

/** A fleet of two instances, users of each group, and all systems on which they depend. */
export interface FreezeWorld extends AsyncDisposable {
  cluster: Cluster;
  groups: Record<Group, ClusterPartner>;
  nats: NatsCluster | undefined;
  /** The proxies in front of the systems that only one group needs. */
  networks: Record<"tokens" | "mail" | "webhook", MutingProxy>;
  /** Rejects if an instance ends by itself. */
  died: Promise<never>;
  /**
   * Returns what the instances report as missing in /readyz. Undefined means that all are ready.
   */
  missing(): Promise<string | undefined>;
}

const USERS = 10;
const NAMES = ["a", "b"];
/**
 * The lifetime of an access token, in seconds. A session ends with its token, so each user gets a
 * new session at least once a minute.
 */
const TOKEN_SECONDS = 45;

/**
 * Intervals and time limits so short that they pass within two minutes. Other settings have their
 * default values.
 */
const SETTINGS = {
  HEARTBEAT_INTERVAL: "2",
  HEARTBEAT_TTL: "6",
  REBALANCE_INTERVAL: "2",
  CLAIM_DELAY: "1",
  LOGIN_RATE: "1000",
  DATABASE_TIMEOUT: "10",
  IMAP_CONNECT_TIMEOUT: "5",
  IMAP_GREETING_TIMEOUT: "5",
  IMAP_COMMAND_TIMEOUT: "10",
  LOOK_INTERVAL: "15",
  TOKEN_RENEWAL_MARGIN: "10",
  WEBHOOK_TIMEOUT: "5",
  RETRY_SCHEDULE: "1,2,4,8,15,15,15,15,15,15,15,15",
  BREAKER_OPEN: "2",
  BREAKER_MAX_OPEN: "20",
  ACK_WAIT: "10",
  TRIM_INTERVAL: "5",
  TRIM_AGE: "5",
};

const servedLine = v.pipe(v.string(), v.parseJson(), v.object({ url: v.string() }));

/**
 * Starts the fleet, the users and the systems for a run that freezes `party`. Waits until all users
 * are watched.
 */
export async function startWorld(party: FrozenParty): Promise<FreezeWorld> {
  await using opened = new AsyncDisposableStack();
  const oauth = opened.use(
    await startTestAuthorizationServer({
      accessTokenTtlSeconds: TOKEN_SECONDS,
      rotation: "strict",
    }),
  );
  const { endpoints, introspectionClient: client, mailScope } = oauth;
  const check = introspection({ introspectUrl: endpoints.introspect, client, mailScope });
  const nats = party === "nats-of-three" ? opened.use(await startNatsCluster()) : undefined;
  const cluster = opened.use(
    await startCluster(USERS, SETTINGS, { oauth2: { check, endsAtExpiry: true } }),
  );
  const { imap, watchfulness, ledger, receipts, logins, partnerId } = cluster;
  const tokens = opened.use(await addTokenUsers(cluster, oauth, USERS));
  const elsewhere = opened.use(await addElsewhere(cluster, USERS));
  const hooked = opened.use(await addHooked(cluster, USERS));
  const instances = await Promise.all(NAMES.map((name) => cluster.join(name, nats?.fleetSettings)));
  await cluster.untilShared(NAMES);
  const deaths = instances.map(async ({ died }) => {
    throw await died;
  });
  const died = Promise.race(deaths);
  died.catch(() => undefined);
  const resources = opened.move();
  return {
    ...{ cluster, nats, died },
    groups: {
      steady: { id: partnerId, imap, watchfulness, ledger, receipts, logins },
      tokens: tokens.partner,
      elsewhere: elsewhere.partner,
      hooked: hooked.partner,
    },
    networks: { tokens: tokens.network, mail: elsewhere.network, webhook: hooked.network },
    missing: () => findMissing(cluster),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function findMissing(cluster: Cluster): Promise<string | undefined> {
  const served = await cluster.logged("operations.served");
  const answers = await Promise.all(
    served.map(async (line) => {
      const { url } = v.parse(servedLine, line);
      try {
        const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
        return (await response.text()).trim();
      } catch (error) {
        return `no answer from /readyz: ${toErrorText(error)}`;
      }
    }),
  );
  return answers.find((answer) => answer !== "ready");
}
