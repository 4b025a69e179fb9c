import { sql } from "drizzle-orm";
import type { Cluster } from "../../faults/cluster.ts";
import type { ClusterPartner } from "../../faults/cluster-partner.ts";
import { watchConnections } from "../../faults/watchfulness.ts";
import type { TestAuthorizationServer } from "../../harness/oauth/authorization-server.ts";
import { type MutingProxy, startMutingProxy } from "../../harness/network/muting-proxy.ts";
import { startImapServer } from "../../imap-server/imap-server.ts";

/** A partner, and the muting proxy in front of the system that only this partner's users need. */
export interface Reached extends AsyncDisposable {
  partner: ClusterPartner;
  network: MutingProxy;
}

/** Adds users that log in with access tokens. A muting proxy is in front of the token endpoint. */
export async function addTokenUsers(
  cluster: Cluster,
  oauth: TestAuthorizationServer,
  users: number,
): Promise<Reached> {
  await using opened = new AsyncDisposableStack();
  const { host: address, pathname } = new URL(oauth.endpoints.token);
  const network = opened.use(await startMutingProxy(address));
  const { host, port } = cluster.imap;
  await cluster.db.execute(sql`
    insert into imap_providers
      (id, code, title, kind, imap_host, imap_port, imap_security, sasl_mechanism, oauth_token_url)
    values ('prv_tokens', 'TOKENS', 'Tokens', 'oauth2', ${host}, ${port}, 'none', 'XOAUTH2', ${`http://${network.address}${pathname}`})`);
  const partner = await cluster.addPartner("tokens", users, { providerId: "prv_tokens", oauth });
  return reached(partner, network, opened.move());
}

/** Adds users of a second mail server. A muting proxy is in front of this server. */
export async function addElsewhere(cluster: Cluster, users: number): Promise<Reached> {
  await using opened = new AsyncDisposableStack();
  const imap = opened.use(await startImapServer());
  const network = opened.use(await startMutingProxy(`${imap.host}:${imap.port}`));
  const [host, port] = network.address.split(":");
  await cluster.db.execute(sql`
    insert into imap_providers (id, code, title, kind, imap_host, imap_port, imap_security)
    values ('prv_elsewhere', 'ELSEWHERE', 'Elsewhere', 'plain', ${host}, ${port}, 'none')`);
  const place = { imap, watchfulness: watchConnections(imap), providerId: "prv_elsewhere" };
  return reached(await cluster.addPartner("elsewhere", users, place), network, opened.move());
}

/**
 * Adds users of a partner with an endpoint of its own. A muting proxy is in front of this endpoint.
 */
export async function addHooked(cluster: Cluster, users: number): Promise<Reached> {
  await using opened = new AsyncDisposableStack();
  const network = opened.use(await startMutingProxy(new URL(cluster.sink.url).host));
  const place = { webhooks: `http://${network.address}` };
  return reached(await cluster.addPartner("hooked", users, place), network, opened.move());
}

const reached = (
  partner: ClusterPartner,
  network: MutingProxy,
  resources: AsyncDisposableStack,
): Reached => ({ partner, network, [Symbol.asyncDispose]: () => resources.disposeAsync() });
