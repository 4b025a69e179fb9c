import { createFactory } from "hono/factory";
import * as v from "valibot";
import { createAdmin, findAdmin, listAdmins } from "../../../db/admin/admin-users.ts";
import { newOneTimeCode } from "../../../shared/secrets/one-time-code.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody, validQuery } from "../../middleware/valid.ts";
import { currentActor } from "../access/actor.ts";
import { adminName, email } from "../admin-fields.ts";
import {
  adminNotFound,
  changeAdmin,
  dropSecondFactor,
  refusingTakenEmail,
  removeAdmin,
  resetPassword,
  unlinkSso,
  unlockAdmin,
} from "../admin-writes.ts";
import { cutPage, oneMore, pageFields } from "../page.ts";
import { isRowId } from "../row-id.ts";
import { adminRole } from "./change-role.ts";
import { showAdmin } from "./show-admin.ts";

const all = createFactory<AppEnv, "/admins">();
const one = createFactory<AppEnv, "/admins/:id">();

export const getAdmins = all.createHandlers(validQuery(v.object(pageFields("adm"))), async (c) => {
  const { limit, cursor } = c.req.valid("query");
  const found = await listAdmins(c.var.db, { after: cursor, limit: oneMore(limit) });
  const { rows, next_cursor } = cutPage(found, limit);
  return c.json({ admins: rows.map(showAdmin), next_cursor }, 200);
});

/**
 * Creates an admin. The one-time password in the answer is shown only once, and only allows setting
 * a new password.
 */
export const postAdmin = all.createHandlers(
  validBody(v.strictObject({ email, name: adminName, role: adminRole })),
  async (c) => {
    const { db } = c.var;
    const password = newOneTimeCode();
    const admin = { ...c.req.valid("json"), password, passwordKind: "one_time" } as const;
    const id = await refusingTakenEmail(() => createAdmin(db, currentActor(c), admin));
    const made = await findAdmin(db, id);
    if (!made) throw adminNotFound();
    return c.json({ admin: showAdmin(made), one_time_password: password }, 201);
  },
);

export const getAdmin = one.createHandlers(async (c) => {
  const id = c.req.param("id");
  const admin = isRowId("adm", id) ? await findAdmin(c.var.db, id) : undefined;
  if (!admin) throw adminNotFound();
  return c.json(showAdmin(admin), 200);
});

export const patchAdmin = one.createHandlers(
  validBody(v.strictObject({ email: v.exactOptional(email), name: v.exactOptional(adminName) })),
  async (c) => {
    const change = c.req.valid("json");
    return c.json(showAdmin(await changeAdmin(c, c.req.param("id"), change)), 200);
  },
);

/** Deletes another admin. Admins cannot delete themselves, so one admin always remains. */
export const deleteOtherAdmin = one.createHandlers(async (c) => {
  await removeAdmin(c, c.req.param("id"));
  return c.body(null, 204);
});

/**
 * Creates a one-time password for an admin who lost their password. The one-time password is shown
 * only once.
 */
export const postAdminPassword = createFactory<AppEnv, "/admins/:id/password">().createHandlers(
  async (c) => c.json({ one_time_password: await resetPassword(c, c.req.param("id")) }, 200),
);

export const postAdminUnlock = createFactory<AppEnv, "/admins/:id/unlock">().createHandlers(
  async (c) => {
    await unlockAdmin(c, c.req.param("id"));
    return c.body(null, 204);
  },
);

/**
 * Turns off the second factor of an admin who lost both the authenticator app and the recovery
 * codes.
 */
export const removeAdminTotp = createFactory<AppEnv, "/admins/:id/totp">().createHandlers(
  async (c) => {
    await dropSecondFactor(c, c.req.param("id"));
    return c.body(null, 204);
  },
);

/** Removes the link to an admin's account at the identity provider. */
export const removeAdminSso = createFactory<AppEnv, "/admins/:id/sso">().createHandlers(
  async (c) => {
    await unlinkSso(c, c.req.param("id"));
    return c.body(null, 204);
  },
);
