import { Hono } from "hono";
import type { AppEnv } from "../app-env.ts";

import { database } from "../middleware/database.ts";
import { accountsApi } from "./accounts-api.ts";
import { admitCaller } from "./admit-caller.ts";
import { adminHeaders } from "./admin-headers.ts";
import {
  deleteOtherAdmin,
  getAdmin,
  getAdmins,
  patchAdmin,
  postAdmin,
  postAdminPassword,
  postAdminUnlock,
  removeAdminTotp,
} from "./admins.ts";
import { getAuditLog } from "./audit-entries.ts";
import { jsonBody } from "./json-body.ts";
import { ownOrigin } from "./own-origin.ts";
import { partnersApi } from "./partners/partners-api.ts";
import { postPassword } from "./password.ts";
import { refuseUnready } from "./readiness.ts";
import { requireOwnPassword, requireSession } from "./require-session.ts";
import { getSession, removeSession } from "./session.ts";
import { getSessions, removeAnySession } from "./sessions.ts";
import { postSession } from "./sign-in.ts";
import { confirmTotpCode, postTotp, removeOwnTotp } from "./totp.ts";
import { trafficApi } from "./traffic-api.ts";

/**
 * What the admin application calls, under /admin/api. The order counts: a route stands behind what
 * was used before it. New ones go to the end.
 */
export const adminApi = new Hono<AppEnv>()
  .use(adminHeaders, ownOrigin, admitCaller, database, jsonBody, refuseUnready)
  .post("/session", ...postSession)
  .use(requireSession)
  .get("/session", ...getSession)
  .delete("/session", ...removeSession)
  .post("/password", ...postPassword)
  .use(requireOwnPassword)
  .post("/totp", ...postTotp)
  .post("/totp/confirm", ...confirmTotpCode)
  .delete("/totp", ...removeOwnTotp)
  .get("/sessions", ...getSessions)
  .delete("/sessions/:id", ...removeAnySession)
  .get("/admins", ...getAdmins)
  .post("/admins", ...postAdmin)
  .get("/admins/:id", ...getAdmin)
  .patch("/admins/:id", ...patchAdmin)
  .delete("/admins/:id", ...deleteOtherAdmin)
  .post("/admins/:id/password", ...postAdminPassword)
  .post("/admins/:id/unlock", ...postAdminUnlock)
  .delete("/admins/:id/totp", ...removeAdminTotp)
  .get("/audit-log", ...getAuditLog)
  .route("/", trafficApi)
  .route("/", partnersApi)
  .route("/", accountsApi);

/** For Hono's typed client: `hc<AdminApi>("/admin/api")`. */
export type AdminApi = typeof adminApi;
