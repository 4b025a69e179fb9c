import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { SMTPServer, type SMTPServerAuthentication } from "smtp-server";
import type { Certificates } from "../../../dev/stack/certificates.ts";
import { HOST } from "../../../dev/stack/ports.ts";

export interface SubmissionOptions {
  security: "tls" | "starttls" | "none";
  /**
   * Called at each login. Returns whether the credentials are right. Without this function, no
   * login is required.
   */
  isRight?: (login: SMTPServerAuthentication) => boolean;
  /** Delivers an accepted mail. If the promise rejects, the server answers 550. */
  deliver: (address: string, raw: Uint8Array) => Promise<void>;
}

/** An SMTP server to which clients submit mail. */
export interface TestSubmissionServer extends AsyncDisposable {
  host: string;
  port: number;
  connectionCount(): number;
}

export async function startSubmission(
  certificates: Certificates,
  { security, isRight, deliver }: SubmissionOptions,
): Promise<TestSubmissionServer> {
  let connections = 0;
  const server = new SMTPServer({
    secure: security === "tls",
    key: await readFile(certificates.keyFile, "utf8"),
    cert: await readFile(certificates.certificateFile, "utf8"),
    disabledCommands: security === "starttls" ? [] : ["STARTTLS"],
    allowInsecureAuth: security === "none",
    authMethods: ["PLAIN", "XOAUTH2"],
    authOptional: !isRight,
    disableReverseLookup: true,
    closeTimeout: 1,
    onConnect(_session, done) {
      connections++;
      done();
    },
    onAuth(login, _session, done) {
      const user = login.username ?? "";
      if (!isRight || isRight(login)) return done(null, { user });
      done(Object.assign(new Error("Authentication failed"), { responseCode: 535 }));
    },
    onData(stream, { envelope }, done) {
      const take = async () => {
        const raw = await buffer(stream);
        for (const { address } of envelope.rcptTo) await deliver(address, raw);
      };
      take().then(
        () => done(),
        () => done(Object.assign(new Error("No such mailbox"), { responseCode: 550 })),
      );
    },
  });
  server.on("error", () => {});
  const listening = server.listen(0, HOST);
  await once(listening, "listening");
  const address = listening.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return {
    host: HOST,
    port: address.port,
    connectionCount: () => connections,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(resolve)),
  };
}
