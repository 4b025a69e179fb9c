import { createFactory } from "hono/factory";
import type { AppEnv } from "../../app-env.ts";

const factory = createFactory<AppEnv, "/session/methods">();

/** Returns how admins can sign in, for the page of the sign-in. */
export const getSignInMethods = factory.createHandlers((c) => {
  const { sso } = c.env;
  return c.json(
    {
      /** Whether the page offers password and passkey. */
      own: sso?.isOnly !== true,
      /** The identity provider; null when single sign-on is not set up. */
      sso: sso ? { name: sso.name } : null,
    },
    200,
  );
});
