import type { CreatedPartner, NewPartner } from "../../db/partners/partners.ts";
import { newId } from "../../shared/ids.ts";
import { useEdge } from "../edge/use-edge.ts";
import type { EdgeStack } from "../harness/stacks/edge-stack.ts";

type Row = Record<string, unknown>;

export interface ConnectTest {
  stack(): EdgeStack;
  /** Inserts a provider with these columns. Returns its code. */
  newProvider(columns: Row): Promise<string>;
  /** Inserts a new partner, its connection to this provider, and a user of this connection. */
  newUser(providerCode: string, options?: NewUserOptions): Promise<ConnectingUser>;
  /** Inserts another connection of the user's partner, and a user of it with the same tag. */
  addUser(
    user: ConnectingUser,
    providerCode: string,
    options?: Omit<NewUserOptions, "partner">,
  ): Promise<ConnectingUser>;
  row(userId: string): Promise<Row>;
  /** Returns the user's rows in the outbox, oldest first. */
  events(userId: string): Promise<Row[]>;
}

export interface NewUserOptions {
  partner?: Partial<NewPartner>;
  connection?: Row;
  /** The client secret of the new connection, in plain text. The database stores it encrypted. */
  clientSecret?: string;
  user?: Row;
}

export interface ConnectingUser {
  id: string;
  tag: string;
  partner: CreatedPartner;
  connectionId: string;
  connectUrl(options?: { linkId?: string; expiresAtMs?: number }): Promise<string>;
  disconnectUrl(): Promise<string>;
}

const HOOK = "http://127.0.0.1:1/hook";
export const SUCCESS = "https://app.test/connected";
export const FAILURE = "https://app.test/failed";
const SETTINGS: Partial<NewPartner> = {
  successUrl: SUCCESS,
  failureUrl: FAILURE,
  allowedOrigins: ["https://app.test", "https://other.test"],
  userConnectedWebhook: HOOK,
  userDisconnectedWebhook: HOOK,
};

/**
 * Starts one edge for all tests of a file. The returned functions insert rows directly into the
 * database of the edge.
 */
export function useConnect(): ConnectTest {
  const { stack } = useEdge();
  const insert = async (table: string, columns: Row) => {
    const names = Object.keys(columns);
    const places = names.map((_, index) => `$${index + 1}`);
    await stack().query(
      `insert into ${table} (${names.join(", ")}) values (${places.join(", ")})`,
      Object.values(columns),
    );
  };
  async function insertUser(
    partner: CreatedPartner,
    providerCode: string,
    { connection, clientSecret, user }: Omit<NewUserOptions, "partner">,
  ): Promise<ConnectingUser> {
    const { vaults, links } = stack();
    const connectionId = newId("con");
    const row = `partner_connections/${connectionId}/oauth2_client_secret` as const;
    await insert("partner_connections", {
      id: connectionId,
      partner_id: partner.id,
      provider_id: await readProviderId(stack(), providerCode),
      ...(clientSecret !== undefined && {
        sealed_oauth2_client_secret: await vaults.partner.seal(row, clientSecret),
      }),
      ...connection,
    });
    const id = newId("usr");
    await insert("users", { id, connection_id: connectionId, tag: id, ...user });
    return {
      id,
      tag: id,
      partner,
      connectionId,
      connectUrl: ({ linkId = newId("lnk"), expiresAtMs = Date.now() + 60_000 } = {}) =>
        links.signUrl({ purpose: "connect", userId: id, linkId, expiresAtMs }),
      disconnectUrl: () =>
        links.signUrl({
          purpose: "disconnect",
          userId: id,
          linkId: newId("lnk"),
          expiresAtMs: Date.now() + 60_000,
        }),
    };
  }
  return {
    stack,
    async newProvider(columns) {
      const id = newId("prv");
      const server = { imap_host: "imap.test", imap_port: 993, imap_security: "tls" };
      await insert("imap_providers", { id, code: id, title: "Test Mail", ...server, ...columns });
      return id;
    },
    async newUser(providerCode, { partner: settings, ...options } = {}) {
      const partner = await stack().newPartner({ ...SETTINGS, ...settings });
      return insertUser(partner, providerCode, options);
    },
    addUser: ({ partner, tag }, providerCode, { user, ...options } = {}) =>
      insertUser(partner, providerCode, { ...options, user: { tag, ...user } }),
    async row(userId) {
      const [found] = await stack().query("select * from users where id = $1", [userId]);
      if (!found) throw new Error(`Cannot find user ${userId}`);
      return found;
    },
    events: (userId) =>
      stack().query(
        `select payload->>'kind' as kind, payload->>'email' as email from outbox
         where kind = 'event' and payload->>'user_id' = $1 order by id`,
        [userId],
      ),
  };
}

async function readProviderId(stack: EdgeStack, code: string): Promise<unknown> {
  const [found] = await stack.query("select id from imap_providers where code = $1", [code]);
  return found?.["id"];
}
