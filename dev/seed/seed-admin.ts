import { countAdmins, createAdmin } from "../../db/admin/admin-users.ts";
import { openTcpDatabase } from "../../db/tcp-database.ts";
import { postgresUrl } from "../servers/postgres.ts";
import type { StackContext } from "../stack/stack-context.ts";

/**
 * The first admin, with the same address and password as SuperIMAP's. The edge accepts this
 * password on its own machine only.
 */
export const DEFAULT_ADMIN = { email: "admin@example.com", password: "password" };

/** Creates the first admin. If the admin exists, the password is not changed. */
export async function seedAdmin(context: StackContext): Promise<void> {
  await using database = openTcpDatabase({ url: postgresUrl(context), maxConnections: 1 });
  if ((await countAdmins(database.db)).all > 0) return;
  const admin = { ...DEFAULT_ADMIN, name: "Admin", passwordKind: "default" } as const;
  await createAdmin(database.db, "shell", admin);
}
