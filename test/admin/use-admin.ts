import { afterAll, beforeAll } from "vitest";
import type { PasswordKind } from "../../db/admin/admin-users.ts";
import { hashPassword } from "../../db/admin/password-hash.ts";
import type { AdminRole } from "../../shared/admin-roles.ts";
import { newId } from "../../shared/ids.ts";
import type { EdgeStack } from "../harness/stacks/edge-stack.ts";
import { openEdge, startOwnEdge } from "../harness/stacks/open-edge.ts";
import { type AdminBrowser, adminBrowser } from "./admin-browser.ts";

/** The password of every admin that the tests create. */
export const PASSWORD = "correct horse battery staple";

export interface TestAdmin {
  id: string;
  email: string;
}

export interface AdminTest {
  stack(): EdgeStack;
  /** Creates an admin: an owner with a chosen password, unless the call says otherwise. */
  newAdmin(kind?: PasswordKind, role?: AdminRole): Promise<TestAdmin>;
  /** Creates a client that is not signed in. */
  newBrowser(): AdminBrowser;
  /** Creates an admin, and a client that is signed in as this admin. */
  signedIn(kind?: PasswordKind, role?: AdminRole): Promise<TestAdmin & { browser: AdminBrowser }>;
}

/**
 * The hash of PASSWORD, computed at a low cost. With the cost that production uses, each sign-in
 * would take 150 ms of CPU time.
 */
const HASH = await hashPassword(PASSWORD, { ln: 4, r: 8, p: 1 });
let made = 0;

/** Starts one edge for all tests of a file, and stops it after them. */
export function useAdmin(settings?: Readonly<Record<string, string>>): AdminTest {
  let started: EdgeStack | undefined;
  beforeAll(async () => {
    started = await (settings ? startOwnEdge({ settings }) : openEdge());
  });
  afterAll(() => started?.[Symbol.asyncDispose]());

  const stack = () => {
    if (!started) throw new Error("Cannot use the edge: it has not started");
    return started;
  };
  const newAdmin = async (kind: PasswordKind = "chosen", role: AdminRole = "owner") => {
    const admin = { id: newId("adm"), email: `admin-${++made}@example.com` };
    await stack().query(
      "insert into admin_users (id, email, name, password_hash, password_kind, role) values ($1, $2, $3, $4, $5, $6)",
      [admin.id, admin.email, `Admin ${made}`, HASH, kind, role],
    );
    return admin;
  };
  const newBrowser = () => adminBrowser(stack().url, PASSWORD, settings?.["PUBLIC_URL"]);
  return {
    stack,
    newAdmin,
    newBrowser,
    async signedIn(kind, role) {
      const admin = await newAdmin(kind, role);
      const browser = newBrowser();
      const { status, text } = await browser.signIn(admin.email);
      if (status !== 201) throw new Error(`Cannot sign in: ${text}`);
      return { ...admin, browser };
    },
  };
}
