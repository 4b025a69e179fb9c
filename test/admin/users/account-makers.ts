import * as v from "valibot";
import { expect } from "vitest";
import type { AdminTest } from "../use-admin.ts";

const withId = v.object({ id: v.string() });

const PASSWORD = "hunter2-do-not-show-me";
export const LOGIN = { login_username: "ann", login_password: PASSWORD };

/**
 * Returns functions that create accounts as an admin does. Each account belongs to a new partner.
 */
export function accountMakers(admin: AdminTest) {
  async function withConnection(code = "PLAIN") {
    const one = await admin.signedIn();
    const partner = await admin.stack().newPartner();
    const path = `/partners/${partner.id}/connections`;
    const body = { imap_provider_code: code };
    const { id } = v.parse(withId, (await one.browser.call("POST", path, { body })).body);
    return { actor: `admin:${one.id}`, browser: one.browser, partner, connection: id };
  }

  async function withUser(fields: object = LOGIN) {
    const made = await withConnection();
    const body = { tag: "Ann", ...fields };
    const path = `/connections/${made.connection}/users`;
    const answer = await made.browser.call("POST", path, { body });
    expect(answer.status).toBe(201);
    const { id } = v.parse(withId, answer.body);
    const patch = (change: object) => made.browser.call("PATCH", `/users/${id}`, { body: change });
    return { ...made, answer, id, patch };
  }

  return { withConnection, withUser };
}
