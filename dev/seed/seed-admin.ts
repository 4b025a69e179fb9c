import { countAdmins, createAdmin } from "../../db/admin/admin-users.ts";
import { openDatabase } from "../../db/client.ts";
import { databaseProxyAddress } from "../servers/database-proxy.ts";
import { postgresUrl } from "../servers/postgres.ts";
import type { StackContext } from "../stack/stack-context.ts";

/** As SuperIMAP's first admin was called. The edge takes this password on one's own machine only. */
export const DEFAULT_ADMIN = { email: "admin@example.com", password: "password" };

/** The first admin. One that is there stays, with the password that was chosen since. */
export async function seedAdmin(context: StackContext): Promise<void> {
  await using database = openDatabase({
    url: postgresUrl(context),
    proxy: databaseProxyAddress(context),
    maxConnections: 1,
  });
  if ((await countAdmins(database.db)).all > 0) return;
  const admin = { ...DEFAULT_ADMIN, name: "Admin", passwordKind: "default" } as const;
  await createAdmin(database.db, "shell", admin);
}
