import { countAdmins, createAdmin } from "../../db/admin/admin-users.ts";
import { openTcpDatabase } from "../../db/drivers/tcp-database.ts";
import { postgresUrl } from "../servers/postgres.ts";
import type { StackContext } from "../stack/stack-context.ts";

/**
 * The first admin, with the address and password of the old SuperIMAP. The edge accepts this
 * password only on the local machine.
 */
export const DEFAULT_ADMIN = { email: "admin@example.com", password: "password" };

/** Creates the first admin. Does nothing when an admin exists. */
export async function seedAdmin(context: StackContext): Promise<void> {
  await using database = openTcpDatabase({ url: postgresUrl(context), maxConnections: 1 });
  if ((await countAdmins(database.db)).all > 0) return;
  const admin = {
    ...DEFAULT_ADMIN,
    name: "Admin",
    role: "owner",
    passwordKind: "default",
  } as const;
  await createAdmin(database.db, "shell", admin);
}
