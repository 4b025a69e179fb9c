import * as v from "valibot";
import type { DemoUser } from "./keys.ts";
import { PROVIDER } from "./seed.ts";

const shownUser = v.object({ archived: v.optional(v.boolean(), false) });

/** Connects the demo users as a partner would, through the API. What is there stays, restored if archived. */
export async function seedUsers(
  edge: string,
  apiKey: string,
  users: readonly DemoUser[],
): Promise<void> {
  const call = async (method: string, path: string, body?: Record<string, unknown>) => {
    const response = await fetch(`${edge}/api/v1${path}`, {
      method,
      headers: { "x-api-key": apiKey, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok || response.status === 404 || response.status === 409) {
      return { status: response.status, text };
    }
    throw new Error(`Cannot seed: ${method} ${path} was answered ${response.status} ${text}`);
  };
  await call("POST", "/connections", { imap_provider_code: PROVIDER });
  const path = `/connections/${PROVIDER}/users`;
  for (const { tag, login, password, address } of users) {
    const found = await call("GET", `${path}/${tag}`);
    if (found.status === 404) {
      const fields = { tag, email: address, login_username: login, login_password: password };
      await call("POST", path, fields);
    } else if (v.parse(shownUser, JSON.parse(found.text)).archived) {
      await call("PUT", `${path}/${tag}`, { archived: false });
    }
  }
}
