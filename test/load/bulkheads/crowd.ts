import { imapProviders, partnerConnections } from "../../../db/partners/tables.ts";
import { newId } from "../../../shared/ids.ts";
import { eventually } from "../../harness/eventually.ts";
import { type RawServer, startRawServer } from "../../harness/network/raw-server.ts";
import type { FleetStack } from "../../harness/stacks/fleet-stack.ts";

/** How many users or requests wait for a server that hangs. */
export const CROWD = 5_000;
/** A time limit that is longer than each of these tests. So no hanging request ends by itself. */
export const LONG_MS = 60_000;

/** Starts a server that accepts connections and never sends anything. */
export const startTarpit = () => startRawServer(() => undefined);

/**
 * Starts an operation for each member of the crowd. `ended()` returns how many of the operations
 * have succeeded or failed so far.
 */
export function beginAll(one: (i: number) => Promise<unknown>) {
  let ended = 0;
  const all = Array.from({ length: CROWD }, (_, i) =>
    one(i)
      .catch(() => undefined)
      .finally(() => ended++),
  );
  return { ended: () => ended, all: Promise.all(all) };
}

/** Waits until the server has at least `count` open connections. */
export const untilHanging = ({ open }: RawServer, count: number) =>
  eventually(`${count} to hang`, () => (open() >= count ? true : undefined));

/**
 * Inserts a provider, and a partner with a connection to it. Returns ids for the users of the
 * crowd, whose rows the caller may insert.
 */
export async function newCrowd(
  stack: FleetStack,
  provider: Partial<typeof imapProviders.$inferInsert>,
) {
  const { db } = stack;
  const partner = await stack.newPartner();
  const [providerId, connectionId] = [newId("prv"), newId("con")];
  await db.insert(imapProviders).values({
    ...{ id: providerId, code: providerId.toUpperCase(), title: "Hangs", kind: "plain" },
    ...{ imapHost: "127.0.0.1", imapPort: 9, imapSecurity: "none" },
    ...provider,
  });
  const clientRow = `partner_connections/${connectionId}/oauth2_client_secret` as const;
  await db.insert(partnerConnections).values({
    ...{ id: connectionId, partnerId: partner.id, providerId, oauth2ClientId: "client" },
    sealedOauth2ClientSecret: await stack.vaults.partner.seal(clientRow, "secret"),
  });
  return {
    partnerId: partner.id,
    providerCode: providerId.toUpperCase(),
    connectionId,
    userIds: Array.from({ length: CROWD }, () => newId("usr")),
  };
}
