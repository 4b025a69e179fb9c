import { join } from "node:path";
import { type Endpoints, toEndpoints } from "./authorization-server/endpoints.ts";
import type { AuthorizationServerSettings } from "./authorization-server/settings.ts";
import { HOST } from "../stack/ports.ts";
import { writePrivateFile } from "../processes/private-file.ts";
import { Program } from "../processes/program.ts";
import type { StackContext } from "../stack/stack-context.ts";

export const oauthEndpoints = ({ ports }: StackContext): Endpoints =>
  toEndpoints(`http://${HOST}:${ports.oauth}`);

/**
 * Starts the OAuth authorization server for the demo mailboxes. It keeps its grants over a restart.
 */
export async function startDemoAuthorizationServer(context: StackContext): Promise<Program> {
  const { ports, keys, folder, signal } = context;
  const { accounts, ...secrets } = keys.oauth;
  const settings: AuthorizationServerSettings = {
    port: ports.oauth,
    ...secrets,
    accounts: accounts.map(({ address }) => ({ email: address, email_verified: true })),
    store_file: join(folder.oauth, "tokens.json"),
  };
  const settingsFile = join(folder.oauth, "settings.json");
  await writePrivateFile(settingsFile, JSON.stringify(settings));
  return await Program.start({
    name: "authorization-server",
    folder,
    command: process.execPath,
    args: [
      join(import.meta.dirname, "authorization-server", "main.ts"),
      ...["--settings", settingsFile],
    ],
    isReady: (output) => output.includes('"event":"authorization_server.listening"'),
    signal,
  });
}
