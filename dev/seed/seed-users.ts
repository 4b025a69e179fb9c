import * as v from "valibot";
import { type CallApi, partnerApi } from "./partner-api.ts";
import type { DemoUser, Keys } from "../stack/keys.ts";
import { OAUTH_PROVIDER, PROVIDER } from "./seed.ts";

/** The tag of the user whose account a person can connect in a browser. */
export const OAUTH_TAG = "demo-oauth";

const shownUser = v.object({ archived: v.optional(v.boolean(), false) });

/**
 * Creates the demo users through the API, as a partner would. Existing users are kept. Archived
 * users are restored.
 */
export async function seedUsers(
  edge: string,
  apiKey: string,
  { users, oauth }: Pick<Keys, "users" | "oauth">,
): Promise<void> {
  const call = partnerApi(edge, apiKey);
  await call("POST", "/connections", { imap_provider_code: PROVIDER });
  for (const user of users) await keepUser(call, PROVIDER, toFields(user));

  const { id: oauth2_client_id, secret: oauth2_client_secret } = oauth.client;
  await call("POST", "/connections", {
    imap_provider_code: OAUTH_PROVIDER,
    oauth2_client_id,
    oauth2_client_secret,
  });
  await keepUser(call, OAUTH_PROVIDER, { tag: OAUTH_TAG });
}

const toFields = ({ tag, login, password, address }: DemoUser) => ({
  tag,
  email: address,
  login_username: login,
  login_password: password,
});

async function keepUser(
  call: CallApi,
  provider: string,
  fields: { tag: string } & Record<string, string>,
): Promise<void> {
  const path = `/connections/${provider}/users`;
  const found = await call("GET", `${path}/${fields.tag}`);
  if (found.status === 404) {
    await call("POST", path, fields);
  } else if (v.parse(shownUser, found.body).archived) {
    await call("PUT", `${path}/${fields.tag}`, { archived: false });
  }
}
