import type { Context } from "hono";
import { createFactory } from "hono/factory";
import { recordSignIn } from "../../../db/admin/admin-tries.ts";
import {
  auditAdmin,
  dropOneTimePassword,
  findAdminByEmail,
  findAdminByOidc,
  insertSsoAdmin,
  requireAdmin,
  setOidcAccount,
  setRole,
} from "../../../db/admin/admin-users.ts";
import { type Db, findConstraint } from "../../../db/client.ts";
import { isRowMissing } from "../../../db/conditions.ts";
import type { Query } from "../../../db/query.ts";
import { newId } from "../../../shared/ids.ts";
import type { AppEnv } from "../../app-env.ts";
import { admitPage } from "../../middleware/admit-page.ts";
import { database } from "../../middleware/database.ts";
import { adminHeaders } from "../access/admin-headers.ts";
import { whyUnready } from "../access/readiness.ts";
import { insertOwnSession, prepareSession } from "../accounts/start-session.ts";
import { askIdentity } from "./ask-identity.ts";
import { type SsoIdentity, judgeIdentity, type SsoVerdict } from "./judge-identity.ts";
import { takeAttempt } from "./sso-attempt.ts";
import { SsoFailure, type SsoFailureCode, toSsoFailure } from "./sso-failure.ts";
import type { SsoSettings } from "../../sso-settings.ts";

/** The actor in the audit log of what the identity provider's answer changes. */
const ACTOR = "sso";

/**
 * Handles the request of a browser that the identity provider sent back to us. Every answer is a
 * redirect to an admin page: to the one where the sign-in began, or to the sign-in with the reason
 * why it failed.
 */
export const getSsoCallback = createFactory<AppEnv>().createHandlers(
  adminHeaders,
  admitPage,
  database,
  async (c) => {
    const { sso } = c.env;
    const attempt = await takeAttempt(c);
    if (!sso || (await whyUnready(c)) !== undefined) return openPage(c, "/admin/");
    const parameters = new URL(c.req.url).searchParams;
    if (!attempt || parameters.get("state") !== attempt.state) return refuse(c, "expired");
    try {
      const { publicUrl } = c.env;
      const identity = await askIdentity({ parameters, attempt, sso, publicUrl });
      await signIn(c, sso, identity);
      return openPage(c, attempt.returnTo);
    } catch (error) {
      const failure = toSsoFailure(error);
      if (!failure) throw error;
      return refuse(c, failure.code, failure.message);
    }
  },
);

/** @throws {SsoFailure} when nobody here may sign in with this identity. */
async function signIn(c: Context<AppEnv>, sso: SsoSettings, identity: SsoIdentity): Promise<void> {
  const { db } = c.var;
  const [linked, sameEmail] = await db.batch((tx) => [
    findAdminByOidc(tx, identity.account),
    findAdminByEmail(tx, identity.email ?? ""),
  ]);
  const verdict = judgeIdentity(identity, { linked, sameEmail }, sso);
  if (verdict.kind === "refused") throw new SsoFailure(verdict.code, "The identity was refused");
  const id = verdict.kind === "create" ? newId("adm") : verdict.admin.id;
  const session = await prepareSession(c, id);
  const write = db.batch((tx) => [
    ...buildChanges(tx, id, { verdict, identity }),
    recordSignIn(tx, id),
    ...insertOwnSession(tx, session),
  ]);
  await write.catch((cause: unknown) => {
    // The admin was changed or created by another request at the same time.
    const isRace = isRowMissing(cause) || findConstraint(cause)?.startsWith("admin_users_");
    throw isRace ? new SsoFailure("expired", "The admin changed meanwhile", { cause }) : cause;
  });
}

/** Builds the queries of what the identity provider's answer changes. */
function buildChanges(
  tx: Db,
  id: string,
  {
    verdict,
    identity: { account },
  }: { verdict: Exclude<SsoVerdict, { kind: "refused" }>; identity: SsoIdentity },
): readonly Query<void>[] {
  const link = [
    setOidcAccount(tx, id, account),
    auditAdmin(tx, { id, actor: ACTOR, action: "admin.sso_linked", after: { ...account } }),
  ];
  if (verdict.kind === "create") {
    const { email, name, role } = verdict;
    return [...insertSsoAdmin(tx, ACTOR, { id, email, name, role }), ...link];
  }
  const { admin, mustLink, role } = verdict;
  return [
    requireAdmin(tx, admin),
    ...(mustLink ? link : []),
    ...(role === undefined
      ? []
      : [
          setRole(tx, id, role),
          auditAdmin(tx, {
            id,
            actor: ACTOR,
            action: "admin.role_changed",
            before: { role: admin.role },
            after: { role },
          }),
        ]),
    dropOneTimePassword(tx, id),
  ];
}

function refuse(c: Context<AppEnv>, code: SsoFailureCode, reason?: string): Response {
  c.var.log.warn("sign_in.refused", { sso: code, reason });
  return openPage(c, `/admin/?sso=${code}`);
}

const openPage = (c: Context<AppEnv>, path: string) =>
  c.redirect(new URL(path, c.env.publicUrl).href, 303);
