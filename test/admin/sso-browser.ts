import * as v from "valibot";
import type { ConsentChoice } from "../harness/oauth/consent-walk.ts";
import type { TestAuthorizationServer } from "../harness/oauth/authorization-server.ts";
import type { AdminBrowser } from "./admin-browser.ts";
import type { AdminTest } from "./use-admin.ts";

/** The settings with which the edge uses this server as its identity provider. */
export const ssoSettings = ({ issuer, client }: TestAuthorizationServer) => ({
  ADMIN_OIDC_ISSUER: issuer,
  ADMIN_OIDC_CLIENT_ID: client.id,
  ADMIN_OIDC_CLIENT_SECRET: client.secret,
  ADMIN_OIDC_NAME: "Example ID",
});

const begun = v.object({ url: v.string() });

export interface SsoBrowser extends AdminBrowser {
  /** Begins a sign-in, and returns the address at the identity provider. */
  begin(returnTo?: string): Promise<string>;
  /** Opens the address to which the identity provider sends the browser. */
  finish(callback: string): Promise<{ status: number; location: string; cookies: string[] }>;
  /** Signs in as this account, and returns the address of the page that is then opened. */
  signInAs(choice: ConsentChoice): Promise<string>;
}

/** Creates a client that signs in at the identity provider as a browser does. */
export function newSsoBrowser(admins: AdminTest, server: TestAuthorizationServer): SsoBrowser {
  const browser = admins.newBrowser();
  const begin: SsoBrowser["begin"] = async (returnTo = "/admin/users?state=ok") => {
    const { body } = await browser.call("POST", "/session/sso", { body: { return_to: returnTo } });
    return v.parse(begun, body).url;
  };
  const finish: SsoBrowser["finish"] = async (callback) => {
    const answer = await fetch(callback, {
      redirect: "manual",
      headers: { cookie: browser.cookie, "sec-fetch-site": "cross-site" },
    });
    await answer.body?.cancel();
    const cookies = answer.headers.getSetCookie();
    const session = cookies.find((cookie) => cookie.startsWith("__Host-superimap_admin="));
    if (session !== undefined) browser.cookie = session.split(";", 1)[0] ?? "";
    return { status: answer.status, location: answer.headers.get("location") ?? "", cookies };
  };
  return Object.assign(browser, {
    begin,
    finish,
    signInAs: async (choice: ConsentChoice) =>
      (await finish(await server.authorize(await begin(), choice))).location,
  });
}
