import { Hono } from "hono";
import { adminApi } from "./admin/admin-api.ts";
import { getPages } from "./admin/pages.ts";
import { getSsoCallback } from "./admin/sso/finish-sso.ts";
import { getConnection, getConnections, postConnection, putConnection } from "./api/connections.ts";
import {
  getLetter,
  getLetterCounts,
  getLetterEml,
  getLetters,
} from "./api/dead-letters/dead-letters.ts";
import { getEvents } from "./api/events/events.ts";
import { getKeys, postKey, putKey, removeKey } from "./api/keys.ts";
import {
  deleteLetter,
  deleteLetters,
  postRedeliveries,
  postRedelivery,
} from "./api/dead-letters/letter-requests.ts";
import { getLane, postPause, postResume } from "./api/lane.ts";
import { getPurge, removeConnection, removeUser } from "./api/users/removals.ts";
import { getSweep, postSweep } from "./api/users/sweeps.ts";
import { getTracerLog } from "./api/events/tracer-log.ts";
import { getUser, getUsers, postUser, putUser } from "./api/users/users.ts";
import {
  getSecret,
  getSigningKey,
  postSecret,
  postSigningKey,
  removeSigningKey,
} from "./api/webhook-keys.ts";
import { postTestWebhook } from "./api/webhooks.ts";
import type { AppEnv } from "./app-env.ts";
import { connectPages } from "./connect/connect-pages.ts";
import { answerOtherMethods } from "./middleware/allowed-methods.ts";
import { authenticate, entered } from "./middleware/authenticate.ts";
import { lazyBody } from "./middleware/body.ts";
import { completeProblem } from "./middleware/complete-problem.ts";
import { database } from "./middleware/database.ts";
import { idempotency } from "./middleware/idempotency.ts";
import { overTls } from "./middleware/over-tls.ts";
import { readablePath } from "./middleware/readable-path.ts";
import { requestId } from "./middleware/request-id.ts";
import { requestLog } from "./middleware/request-log.ts";
import { securityHeaders } from "./middleware/security-headers.ts";
import { openApiDocument } from "./openapi/document.ts";
import { getAdminHelp, getErrorPage, getRunbook } from "./openapi/document-pages.ts";
import { getReference } from "./openapi/reference-page.ts";
import { onError, problem } from "./problem.ts";

/** The API for partners; all routes need an API key. */
const api = new Hono<AppEnv>()
  .use(readablePath, database, lazyBody, authenticate, idempotency, entered)
  .get("/connections", ...getConnections)
  .post("/connections", ...postConnection)
  .get("/connections/:code", ...getConnection)
  .put("/connections/:code", ...putConnection)
  .delete("/connections/:code", ...removeConnection)
  .get("/connections/:code/users", ...getUsers)
  .post("/connections/:code/users", ...postUser)
  .get("/connections/:code/users/:tag", ...getUser)
  .put("/connections/:code/users/:tag", ...putUser)
  .delete("/connections/:code/users/:tag", ...removeUser)
  .get("/connections/:code/users/:tag/sweep", ...getSweep)
  .post("/connections/:code/users/:tag/sweep", ...postSweep)
  .get("/purges/:id", ...getPurge)
  .get("/events", ...getEvents)
  .get("/dead-letters", ...getLetters)
  .get("/dead-letters/counts", ...getLetterCounts)
  .post("/dead-letters/redeliver", ...postRedeliveries)
  .post("/dead-letters/delete", ...deleteLetters)
  .get("/dead-letters/:id", ...getLetter)
  .delete("/dead-letters/:id", ...deleteLetter)
  .get("/dead-letters/:id/eml", ...getLetterEml)
  .post("/dead-letters/:id/redeliver", ...postRedelivery)
  .get("/tracer-log", ...getTracerLog)
  .get("/api-keys", ...getKeys)
  .post("/api-keys", ...postKey)
  .put("/api-keys/:id", ...putKey)
  .delete("/api-keys/:id", ...removeKey)
  .get("/webhooks/secret", ...getSecret)
  .post("/webhooks/secret", ...postSecret)
  .get("/webhooks/signing-key", ...getSigningKey)
  .post("/webhooks/signing-key", ...postSigningKey)
  .delete("/webhooks/signing-key", ...removeSigningKey)
  .get("/webhooks", ...getLane)
  .post("/webhooks/pause", ...postPause)
  .post("/webhooks/resume", ...postResume)
  .post("/webhooks/test", ...postTestWebhook);

const v1 = new Hono<AppEnv>().route("/api/v1", api);

/** Creates the app with all routes of the edge. */
export function createApp() {
  // These calls are not chained. A chain would add the types of all routes to the type of the app,
  // but only the type of `v1` is used (AppType).
  const app = new Hono<AppEnv>({ strict: false });
  app.use(requestId, completeProblem, requestLog, securityHeaders, overTls);
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/docs", ...getReference);
  app.get("/docs/errors", ...getErrorPage);
  app.get("/docs/admin", ...getAdminHelp);
  app.get("/docs/runbook", ...getRunbook);
  app.get("/api/v1/openapi.json", async (c) => c.json(await openApiDocument(v1, c.env.publicUrl)));
  app.route("/", connectPages);
  app.route("/", v1);
  app.route("/admin/api", adminApi);
  app.get("/admin/sso/callback", ...getSsoCallback);
  answerOtherMethods(app);
  // No admin screen has a path like these. Without these routes, a wrong path would get the HTML
  // page of the screens instead of a 404.
  for (const path of ["/admin/api/*", "/admin/assets/*", "/admin/sso/*"])
    app.all(path, nothingHere);
  app.get("/admin/*", ...getPages);
  app.notFound(nothingHere);
  app.onError(onError);
  return app;
}

const nothingHere = () => problem("not-found", { detail: "There is nothing at this path" });

export type AppType = typeof v1;
