import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { sql } from "drizzle-orm";
import * as v from "valibot";
import { mailboxPublicKeys, mailboxSealer } from "../../../shared/secrets/vault.ts";
import { newId } from "../../../shared/ids.ts";
import type { Cluster } from "../../faults/cluster.ts";

/** Users of a hostile mail server. They all belong to one partner. */
export interface HostileUsers extends AsyncDisposable {
  /** Returns how many connections the server has accepted and how many bytes it has sent. */
  counts(): Promise<{ connections: number; sentBytes: number }>;
  /** Returns the number of users with each state and reason. */
  states(): Promise<Record<string, number>>;
}

const Ready = v.object({ port: v.number() });
const Counts = v.object({ connections: v.number(), sentBytes: v.number() });

/**
 * Adds users of a hostile mail server. The server answers each connection with the next attack of
 * its list.
 */
export async function addHostileUsers(cluster: Cluster, count: number): Promise<HostileUsers> {
  const worker = new Worker(new URL("hostile-worker.ts", import.meta.url));
  const [ready] = await once(worker, "message");
  const { port } = v.parse(Ready, ready);
  const partner = await cluster.addPartner("hostile", 0);
  const connectionId = newId("con");
  await cluster.db.execute(
    sql`insert into partner_connections (id, partner_id, provider_id) values (${connectionId}, ${partner.id}, 'prv_imap')`,
  );
  const sealer = mailboxSealer(v.parse(mailboxPublicKeys, cluster.keys.mailbox_public_keys));
  const rows = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const id = newId("usr");
      return {
        id,
        tag: `hostile-${n}`,
        sealed: await sealer.seal(`users/${id}/login_password`, "x"),
      };
    }),
  );
  await cluster.db.execute(sql`
    insert into users (id, connection_id, tag, login_username, sealed_login_password, connected_at, imap_host, imap_port, imap_security)
    select id, ${connectionId}, tag, tag, sealed, now(), '127.0.0.1', ${port}, 'none'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (id text, tag text, sealed text)`);
  return {
    async counts() {
      worker.postMessage("counts", []);
      const [counts] = await once(worker, "message");
      return v.parse(Counts, counts);
    },
    async states() {
      const { rows: found } = await cluster.db.execute<{ name: string; users: number }>(sql`
        select concat_ws(': ', state, state_reason) as name, count(*)::int as users
        from users where connection_id = ${connectionId} group by 1 order by 2 desc`);
      return Object.fromEntries(found.map(({ name, users }) => [name, users]));
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
