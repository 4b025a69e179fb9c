import { once } from "node:events";
import { createTransport } from "nodemailer";
import { expect, test } from "vitest";
import type { TestImapServer } from "./imap-server.ts";
import { nextEvent } from "./sessions/server-event.ts";
import { ALICE, connectClient, startWithAlice } from "./test-client.ts";

const transportTo = ({ host, smtpPort }: TestImapServer) =>
  createTransport({ host, port: smtpPort });

async function fetchOnly(server: TestImapServer): Promise<Buffer | undefined> {
  await using client = await connectClient(server);
  await client.mailboxOpen("INBOX", { readOnly: true });
  const [message] = await client.fetchAll("1:*", { source: true });
  return message?.source;
}

test("a mail sent over SMTP is stored byte for byte", async () => {
  await using server = await startWithAlice();
  const raw = Buffer.from("Subject: dots\r\n\r\n.\r\n..two\r\n8-bit: \xe4\xff\r\n.\r\n", "latin1");
  await transportTo(server).sendMail({ envelope: { from: "b@c.d", to: "Alice@Example.com" }, raw });
  expect(await fetchOnly(server)).toEqual(raw);
});

test("a mail sent over SMTP is announced to a client in IDLE", async () => {
  await using server = await startWithAlice();
  await using client = await connectClient(server);
  await client.mailboxOpen("INBOX", { readOnly: true });
  const idling = nextEvent(server.events, "idle");
  void client.idle();
  await idling;
  const heard = once(client, "exists");
  await transportTo(server).sendMail({ from: "b@c.d", to: ALICE.address, text: "Hello" });
  expect(await heard).toMatchObject([{ count: 1 }]);
});

test("a mail to an unknown address is refused with 550", async () => {
  await using server = await startWithAlice();
  const sent = transportTo(server).sendMail({ from: "b@c.d", to: "nobody@example.com", text: "" });
  await expect(sent).rejects.toMatchObject({ responseCode: 550 });
});

test("a mail above 10 MiB is refused with 552", async () => {
  await using server = await startWithAlice();
  const raw = Buffer.alloc(10 * 1024 * 1024 + 1, "a\r\n");
  const sent = transportTo(server).sendMail({
    envelope: { from: "b@c.d", to: ALICE.address },
    raw,
  });
  await expect(sent).rejects.toMatchObject({ responseCode: 552 });
  expect(await fetchOnly(server)).toBeUndefined();
});

test("a login over SMTP is checked when one is given", async () => {
  await using server = await startWithAlice();
  const login = (pass: string) =>
    createTransport({
      host: server.host,
      port: server.smtpPort,
      auth: { user: "alice", pass },
    }).verify();
  await expect(login(ALICE.password)).resolves.toBe(true);
  await expect(login("wrong")).rejects.toMatchObject({ responseCode: 535 });
});
