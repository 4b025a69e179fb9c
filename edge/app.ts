import { Hono } from "hono";
import { getConnection, getConnections, postConnection, putConnection } from "./api/connections.ts";
import { getEvents } from "./api/events.ts";
import { getKeys, postKey, putKey, removeKey } from "./api/keys.ts";
import { getPurge, removeConnection, removeUser } from "./api/removals.ts";
import { getSweep, postSweep } from "./api/sweeps.ts";
import { getUser, getUsers, postUser, putUser } from "./api/users.ts";
import { postTestWebhook } from "./api/webhooks.ts";
import type { AppEnv } from "./app-env.ts";
import { connectPages } from "./connect/connect-pages.ts";
import { answerOtherMethods } from "./middleware/allowed-methods.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { lazyBody } from "./middleware/body.ts";
import { database } from "./middleware/database.ts";
import { idempotency } from "./middleware/idempotency.ts";
import { rateLimit } from "./middleware/rate-limit.ts";
import { requestId } from "./middleware/request-id.ts";
import { requestLog } from "./middleware/request-log.ts";
import { securityHeaders } from "./middleware/security-headers.ts";
import { docsPage } from "./openapi/docs-page.ts";
import { openApiDocument } from "./openapi/document.ts";
import { onError, problem } from "./problem.ts";

/** What partners call, behind their key. */
const api = new Hono<AppEnv>()
  .use(database, lazyBody, authenticate, rateLimit, idempotency)
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
  .get("/api-keys", ...getKeys)
  .post("/api-keys", ...postKey)
  .put("/api-keys/:id", ...putKey)
  .delete("/api-keys/:id", ...removeKey)
  .post("/webhooks/test", ...postTestWebhook);

const v1 = new Hono<AppEnv>().route("/api/v1", api);

/** All that the edge answers. */
export function createApp() {
  const app = new Hono<AppEnv>({ strict: false })
    .use(requestId, requestLog, securityHeaders)
    .get("/healthz", (c) => c.json({ status: "ok" }))
    .get("/docs", async (c) => docsPage(await openApiDocument(v1, c.env.publicUrl)))
    .get("/api/v1/openapi.json", async (c) => c.json(await openApiDocument(v1, c.env.publicUrl)))
    .route("/", connectPages)
    .route("/", v1);
  answerOtherMethods(app);
  app.notFound(() => problem("not-found", { detail: "There is nothing at this path" }));
  app.onError(onError);
  return app;
}

export type AppType = ReturnType<typeof createApp>;
