import { createFactory } from "hono/factory";
import * as v from "valibot";
import {
  countApiTokens,
  deleteApiToken,
  insertApiToken,
  type ListedApiToken,
  listApiTokens,
} from "../../../db/admin/admin-api-tokens.ts";
import { hasRole } from "../../../shared/admin-roles.ts";
import { AppError } from "../../../shared/errors.ts";
import { newId } from "../../../shared/ids.ts";
import { sha256Hex } from "../../../shared/secrets/sha256.ts";
import type { AppEnv } from "../../app-env.ts";
import { invalidInput } from "../../invalid-input.ts";
import { validBody, validQuery } from "../../middleware/valid.ts";
import { createAudit } from "../access/actor.ts";
import { newApiToken } from "../access/credential.ts";
import { adminName } from "../admin-fields.ts";
import { cutPage, oneMore, pageFields } from "../page.ts";
import { isRowId } from "../row-id.ts";
import { adminRole } from "./change-role.ts";
import { limitToOwn } from "./sessions.ts";

const all = createFactory<AppEnv, "/api-tokens">();
const one = createFactory<AppEnv, "/api-tokens/:id">();
const audit = createAudit("admin_api_token");

/** Enough for every program of an admin. Bounds the list, and what a stolen session can create. */
const MAX_TOKENS = 50;
const MAX_DAYS = 366;
const DAY_MS = 86_400_000;

/** Lists the tokens of all admins for an owner, and the own tokens for every other role. */
export const getApiTokens = all.createHandlers(
  validQuery(v.object(pageFields("tok"))),
  async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const page = { adminId: limitToOwn(c), before: cursor, limit: oneMore(limit) };
    const { rows, next_cursor } = cutPage(await listApiTokens(c.var.db, page), limit);
    return c.json({ tokens: rows.map(showApiToken), next_cursor }, 200);
  },
);

const newToken = v.strictObject({
  name: adminName,
  role: adminRole,
  expires_in_days: v.pipe(
    v.number("must be a number"),
    v.integer("must be a whole number"),
    v.minValue(1, "must be at least 1"),
    v.maxValue(MAX_DAYS, `must be at most ${MAX_DAYS}`),
  ),
});

/** Creates a token of the signed-in admin. The token is shown only in this answer. */
export const postApiToken = all.createHandlers(validBody(newToken), async (c) => {
  const { name, role, expires_in_days } = c.req.valid("json");
  const { signedIn } = c.var;
  if (!hasRole(signedIn.role, role)) {
    const detail = `must not be higher than your own role, ${signedIn.role}`;
    throw invalidInput([{ pointer: "/role", detail }]);
  }
  const token = newApiToken();
  const id = newId("tok");
  const expiresAt = new Date(Date.now() + expires_in_days * DAY_MS);
  await c.var.db.transaction(async (tx) => {
    if ((await countApiTokens(tx, signedIn.adminId)) >= MAX_TOKENS) {
      throw new AppError(
        "conflict",
        `Cannot create the token: you have ${MAX_TOKENS} tokens, revoke one first`,
      );
    }
    const tokenHash = await sha256Hex(token);
    await insertApiToken(tx, { id, adminId: signedIn.adminId, name, role, tokenHash, expiresAt });
    const after = { name, role, expires_at: expiresAt.toISOString() };
    await audit(c, tx, { id, action: "admin_api_token.created", after });
  });
  return c.json({ id, token, expires_at: expiresAt.toISOString() }, 201);
});

/** Revokes a token immediately: an owner of any admin, every other role an own one. */
export const removeApiToken = one.createHandlers(async (c) => {
  const id = c.req.param("id");
  await c.var.db.transaction(async (tx) => {
    const name = isRowId("tok", id) ? await deleteApiToken(tx, id, limitToOwn(c)) : undefined;
    if (name === undefined) throw new AppError("not-found", "Cannot find a token to revoke");
    await audit(c, tx, { id, action: "admin_api_token.revoked", before: { name } });
  });
  return c.body(null, 204);
});

const showApiToken = (token: ListedApiToken) => ({
  id: token.id,
  admin_id: token.adminId,
  admin_name: token.adminName,
  name: token.name,
  role: token.role,
  created_at: token.createdAt.toISOString(),
  expires_at: token.expiresAt.toISOString(),
  last_used_at: token.lastUsedAt?.toISOString() ?? null,
});
