import { Hono } from "hono";
import type { AppEnv } from "../../app-env.ts";
import {
  deleteConnection,
  getAnyConnection,
  getPartnerConnections,
  patchConnection,
  postPartnerConnection,
} from "../connections/connections.ts";
import { getAnyPurge } from "../connections/purges.ts";
import { getProvider, getProviders, patchProvider, postProvider } from "../providers/providers.ts";
import { getStates, getUserSweep, postLinks, postUserSweep } from "../users/user-actions.ts";
import { getAllUsers, getAnyUser, patchUser, postConnectionUser } from "../users/users.ts";

/** Routes for mail accounts: providers, partners' connections to them, and users. */
export const accountsApi = new Hono<AppEnv>()
  .get("/providers", ...getProviders)
  .post("/providers", ...postProvider)
  .get("/providers/:id", ...getProvider)
  .patch("/providers/:id", ...patchProvider)
  .get("/partners/:id/connections", ...getPartnerConnections)
  .post("/partners/:id/connections", ...postPartnerConnection)
  .get("/connections/:id", ...getAnyConnection)
  .patch("/connections/:id", ...patchConnection)
  .delete("/connections/:id", ...deleteConnection)
  .get("/purges/:id", ...getAnyPurge)
  .get("/users", ...getAllUsers)
  .post("/connections/:id/users", ...postConnectionUser)
  .get("/users/:id", ...getAnyUser)
  .patch("/users/:id", ...patchUser)
  .post("/users/:id/links", ...postLinks)
  .get("/users/:id/sweep", ...getUserSweep)
  .post("/users/:id/sweep", ...postUserSweep)
  .get("/users/:id/states", ...getStates);
