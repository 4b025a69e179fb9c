import { createSecureContext } from "node:tls";
import { expect, test } from "vitest";
import { connectImap } from "../../fleet/mailbox/imap/imap-connection.ts";
import { InputTurns } from "../../fleet/mailbox/imap/input/input-turns.ts";
import { systemClock } from "../../shared/clock.ts";
import { eventually } from "../harness/eventually.ts";
import { startScriptedServer } from "./scripted-server.ts";

const connect = (port: number) =>
  connectImap(
    {
      server: { host: "127.0.0.1", port, security: "none", idleMinutes: 9 },
      credentials: { kind: "password", username: "u", password: "p" },
      secureContext: createSecureContext(),
      turns: new InputTurns(systemClock),
      maxLiteralBytes: 1_088 * 1_024,
      timeouts: { connectMs: 5_000, greetingMs: 5_000, commandMs: 5_000, logoutMs: 100 },
    },
    AbortSignal.timeout(60_000),
  );

test("a server that cuts each search short and names all of each half is cut off", async () => {
  await using server = await startScriptedServer(({ tag, name, rest }) => {
    if (name === "EXAMINE")
      return `* 4294967295 EXISTS\r\n* OK [UIDVALIDITY 7] \r\n* OK [UIDNEXT 2] \r\n${tag} OK done\r\n`;
    const [, first, last] = /^SEARCH UID (\d+):(\d+|\*)/.exec(rest) ?? [];
    if (first === undefined) return undefined;
    const to = last === "*" ? 2 ** 32 - 1 : Number(last);
    return to - Number(first) >= 65_536
      ? `${tag} OK [MESSAGELIMIT 65536 ${to}] done\r\n`
      : `* ESEARCH UID ALL ${first}:${to}\r\n${tag} OK done\r\n`;
  });
  await using connection = await connect(server.port);
  await connection.examine("INBOX");
  await expect(connection.searchFrom(2)).rejects.toMatchObject({
    isHarm: true,
    failure: { reason: "server_sent_too_much" },
  });
  await eventually("the end of the connection", () => connection.closed.aborted || undefined);
  expect(server.asked("UID SEARCH")).toBeLessThan(30);
});
