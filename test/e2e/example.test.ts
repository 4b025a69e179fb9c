import { expect, test } from "vitest";
import { runExample } from "../../dev/example-run.ts";
import { claimPort } from "../../dev/processes/free-port.ts";
import { sendMail } from "../../dev/seed/send-mail.ts";
import { startStack } from "../../dev/stack/stack.ts";
import { createApiCaller } from "../harness/api-caller.ts";
import { eventually } from "../harness/eventually.ts";

test("the example application connects a user and prints its mail", async () => {
  await using stack = await startStack();
  const { addresses } = stack;
  const lines: string[] = [];
  const stop = new AbortController();
  const options = { port: await claimPort(), onLine: (line: string) => lines.push(line) };
  const running = runExample(addresses, options, stop.signal);
  const printed = (text: string) =>
    eventually(`a line with ${text}`, () => lines.find((line) => line.includes(text)));
  try {
    await printed("example is ");
    await printed("example is connected");
    const api = createApiCaller(addresses.edge, addresses.partner.api_key);
    await eventually("the user to be watched", async () => {
      const { body } = await api("GET", `/connections/${addresses.provider}/users/example`);
      return JSON.stringify(body).includes('"state":"watching"') ? true : undefined;
    });
    const [mailbox] = addresses.users;
    const mail = { to: mailbox?.address ?? "", subject: "Grüße", text: "It works." };
    await sendMail(addresses.smtp, mail);
    await printed("example has mail: Grüße");
    await printed("It works.");
  } finally {
    stop.abort();
    await running;
  }
  // This webhook arrives only if the example has accepted every webhook and has restored the
  // partner's webhook addresses at its end.
  const [mailbox] = addresses.users;
  const mail = { to: mailbox?.address ?? "", subject: "afterwards", text: "" };
  await sendMail(addresses.smtp, mail);
  const taken = await stack.sink.waitFor(
    ({ body }) => body.includes("afterwards"),
    AbortSignal.timeout(60_000),
  );
  expect(taken.verified).toBe(true);
});
