import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startAuthorizationServer } from "../../dev/servers/authorization-server/authorization-server.ts";
import type { AuthorizationServerSettings } from "../../dev/servers/authorization-server/settings.ts";
import { newRsaKey } from "../../dev/stack/keys.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { grantTokens, refreshTokens } from "../harness/oauth/grant-tokens.ts";

const EMAIL = "alice@demo.test";

test("a refresh token survives a restart of its server, in a file of its owner's", async () => {
  await using folder = await temporaryFolder();
  const client = { id: "partner", secret: "secret" };
  const settings: AuthorizationServerSettings = {
    port: 0,
    client,
    introspection_client: { id: "mail-server", secret: "secret" },
    signing_key: newRsaKey(),
    cookie_key: "key",
    accounts: [{ email: EMAIL, email_verified: true }],
    store_file: join(folder.path, "tokens.json"),
  };
  const first = await startAuthorizationServer(settings);
  const { refresh_token } = await grantTokens(first.endpoints, client, { email: EMAIL });
  await first[Symbol.asyncDispose]();

  await using second = await startAuthorizationServer(settings);
  const refreshed = await refreshTokens(second.endpoints, client, refresh_token);
  expect(refreshed).toMatchObject({ access_token: expect.any(String) });
  expect(await readFile(settings.store_file ?? "", "utf8")).toContain(refresh_token);
  expect((await stat(settings.store_file ?? "")).mode & 0o777).toBe(0o600);
});
