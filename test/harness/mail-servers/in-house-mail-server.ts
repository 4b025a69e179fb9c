import { readFile } from "node:fs/promises";
import type { Certificates } from "../../../dev/stack/certificates.ts";
import {
  type ImapServerOptions,
  startImapServer,
  type TestImapServer,
} from "../../imap-server/imap-server.ts";
import type { MailServer } from "./mail-server.ts";

export interface InHouseMailServer extends MailServer {
  /** Our test server, for actions that other mail servers cannot perform. */
  imap: TestImapServer;
}

export async function startInHouse(
  certificates: Certificates,
  options: ImapServerOptions = {},
): Promise<InHouseMailServer> {
  const key = await readFile(certificates.keyFile, "utf8");
  const cert = await readFile(certificates.certificateFile, "utf8");
  const server = await startImapServer({ tls: { key, cert }, ...options });
  return {
    imap: server,
    host: server.host,
    port: server.port,
    tlsPort: server.tlsPort ?? 0,
    addAccount: async (account) => server.addAccount(account),
    setPassword: async (login, password) => server.setPassword(login, password),
    deliver: async (address, raw) => void server.deliver(address, raw),
    resetUidValidity: async (address) => server.resetUidValidity(address),
    disconnect: async (login) => server.disconnectAll(login),
    connectionCount: async (login) => server.connectionCount(login),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
