import { countAdmins, createAdmin, markShellPassword } from "../db/admin/admin-users.ts";
import { findConstraint } from "../db/client.ts";
import { runAdminCommand, SHELL } from "./admin-command.ts";

await runAdminCommand(async (db, given) => {
  if (given.role !== "owner" && (await countAdmins(db)).all === 0) {
    throw new Error(
      "Cannot create the admin: the first admin must be an owner, who can create the others",
    );
  }
  try {
    await markShellPassword(db, await createAdmin(db, SHELL, given));
  } catch (cause) {
    if (findConstraint(cause) !== "admin_users_email") throw cause;
    throw new Error(
      "Cannot create the admin: another admin has this e-mail address; npm run admin:reset sets a new password",
      { cause },
    );
  }
  return `${given.email} may sign in at /admin, with the role ${given.role}`;
});
