import { deleteApiTokens } from "../db/admin/admin-api-tokens.ts";
import { deletePasskeys } from "../db/admin/admin-passkeys.ts";
import { revokeAdminSessions } from "../db/admin/admin-sessions.ts";
import { removeTotp } from "../db/admin/admin-totp.ts";
import { forgetTries } from "../db/admin/admin-tries.ts";
import {
  auditAdmin,
  findAdminByEmail,
  markShellPassword,
  setPassword,
} from "../db/admin/admin-users.ts";
import { hashPassword } from "../db/admin/password-hash.ts";
import { runAdminCommand, SHELL } from "./admin-command.ts";

await runAdminCommand(async (db, { email, password, passwordKind: kind }) => {
  const admin = await findAdminByEmail(db, email);
  if (!admin) throw new Error(`Cannot find an admin with the e-mail address ${email}`);
  const { id } = admin;
  const hash = await hashPassword(password);
  await db.transaction(async (tx) => {
    await setPassword(tx, id, { hash, kind });
    await markShellPassword(tx, id);
    await forgetTries(tx, id);
    await removeTotp(tx, id);
    await deletePasskeys(tx, id);
    await revokeAdminSessions(tx, id);
    await deleteApiTokens(tx, id);
    await auditAdmin(tx, { id, actor: SHELL, action: "admin.password_reset" });
  });
  return `${admin.email} is unlocked, signed out everywhere, and has no API tokens, passkeys and second factor any more`;
});
