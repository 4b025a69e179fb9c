import { Hono } from "hono";
import type { AppEnv } from "../../app-env.ts";
import {
  deleteConnection,
  getConnection,
  getConnections,
  patchConnection,
  postConnection,
} from "../connections/connections.ts";
import { getPurge } from "../connections/purges.ts";
import { getProvider, getProviders, patchProvider, postProvider } from "../providers/providers.ts";
import { getStates, getSweep, postLinks, postSweep } from "../users/user-actions.ts";
import { getUser, getUsers, patchUser, postUser } from "../users/users.ts";

/** Routes for mail accounts: providers, partners' connections to them, and users. */
export const accountsApi = new Hono<AppEnv>()
  .get("/providers", ...getProviders)
  .post("/providers", ...postProvider)
  .get("/providers/:id", ...getProvider)
  .patch("/providers/:id", ...patchProvider)
  .get("/partners/:id/connections", ...getConnections)
  .post("/partners/:id/connections", ...postConnection)
  .get("/connections/:id", ...getConnection)
  .patch("/connections/:id", ...patchConnection)
  .delete("/connections/:id", ...deleteConnection)
  .get("/purges/:id", ...getPurge)
  .get("/users", ...getUsers)
  .post("/connections/:id/users", ...postUser)
  .get("/users/:id", ...getUser)
  .patch("/users/:id", ...patchUser)
  .post("/users/:id/links", ...postLinks)
  .get("/users/:id/sweep", ...getSweep)
  .post("/users/:id/sweep", ...postSweep)
  .get("/users/:id/states", ...getStates);
