import { Hono } from "hono";
import type { AppEnv } from "../app-env.ts";

import { database } from "../middleware/database.ts";
import { accountsApi } from "./accounts/accounts-api.ts";
import { admitCaller } from "./access/admit-caller.ts";
import { adminHeaders } from "./access/admin-headers.ts";
import {
  deleteOtherAdmin,
  getAdmin,
  getAdmins,
  patchAdmin,
  postAdmin,
  postAdminPassword,
  postAdminUnlock,
  removeAdminSso,
  removeAdminTotp,
} from "./accounts/admins.ts";
import { getApiTokens, postApiToken, removeApiToken } from "./accounts/api-tokens.ts";
import { putAdminRole } from "./accounts/change-role.ts";
import { databaseDeadline } from "./health/database-deadline.ts";
import { healthApi } from "./health/health.ts";
import { getAuditLog } from "./audit-entries.ts";
import { jsonBody } from "./json-body.ts";
import { ownOrigin } from "./access/own-origin.ts";
import { postPasskeySession, postSignInChallenge } from "./passkeys/passkey-sign-in.ts";
import {
  getPasskeys,
  postPasskey,
  postPasskeyChallenge,
  removePasskey,
} from "./passkeys/passkeys.ts";
import { partnersApi } from "./partners/partners-api.ts";
import { postPassword } from "./accounts/password.ts";
import { refuseUnready } from "./access/readiness.ts";
import { requireRole } from "./access/require-role.ts";
import { requireOwnPassword, requireSession } from "./access/require-session.ts";
import { getSession, removeSession } from "./access/session.ts";
import { getSessions, removeAnySession } from "./accounts/sessions.ts";
import { postSession } from "./accounts/sign-in.ts";
import { getSignInMethods } from "./accounts/sign-in-methods.ts";
import { confirmTotpCode, postTotp, removeOwnTotp } from "./accounts/totp.ts";
import { postSso } from "./sso/begin-sso.ts";
import { deleteOwnFilter, getSavedFilters, postSavedFilter } from "./saved-filters.ts";
import { trafficApi } from "./overview/traffic-api.ts";

/**
 * The API of the admin application, under /admin/api. The order matters: middleware applies to the
 * routes below it. Add new routes at the end.
 */
export const adminApi = new Hono<AppEnv>()
  .use(adminHeaders, ownOrigin, admitCaller, database, databaseDeadline, jsonBody, refuseUnready)
  .post("/session", ...postSession)
  .post("/session/passkey/challenge", ...postSignInChallenge)
  .post("/session/passkey", ...postPasskeySession)
  .post("/session/sso", ...postSso)
  .get("/session/methods", ...getSignInMethods)
  .use(requireSession)
  .get("/session", ...getSession)
  .delete("/session", ...removeSession)
  .post("/password", ...postPassword)
  .use(requireOwnPassword, requireRole)
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
  .put("/admins/:id/role", ...putAdminRole)
  .post("/admins/:id/password", ...postAdminPassword)
  .post("/admins/:id/unlock", ...postAdminUnlock)
  .delete("/admins/:id/totp", ...removeAdminTotp)
  .delete("/admins/:id/sso", ...removeAdminSso)
  .get("/passkeys", ...getPasskeys)
  .post("/passkeys/challenge", ...postPasskeyChallenge)
  .post("/passkeys", ...postPasskey)
  .delete("/passkeys/:id", ...removePasskey)
  .get("/api-tokens", ...getApiTokens)
  .post("/api-tokens", ...postApiToken)
  .delete("/api-tokens/:id", ...removeApiToken)
  .get("/audit-log", ...getAuditLog)
  .route("/", trafficApi)
  .route("/", partnersApi)
  .route("/", accountsApi)
  .route("/", healthApi)
  .get("/saved-filters", ...getSavedFilters)
  .post("/saved-filters", ...postSavedFilter)
  .delete("/saved-filters/:id", ...deleteOwnFilter);

/** The type for Hono's client: `hc<AdminApi>("/admin/api")`. */
export type AdminApi = typeof adminApi;
